using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Proto.Common.V1;
using OpenTelemetry.Proto.Logs.V1;
using Rotel.Memory;
using Rotel.Otlp.Fields;
using Rotel.Otlp.Wire;
using Rotel.TestKit;

namespace Rotel.Telemetry;

/// <summary>A message written as a log record is by Google.Protobuf's reading what was logged.</summary>
public sealed class LogRecordWritingTests
{
    [Fact]
    public void Record_OfARandomMessage_IsWhatWasLogged()
    {
        for (var round = 0; round < 500; round++)
        {
            var random = new Random(FreshSeed.Value + round);
            var level = (LogLevel)random.Next(6);
            var eventId = random.Next(3) == 0 ? default : new EventId(random.Next(1, 9999), random.Next(2) == 0 ? "Happened" : null);
            var body = Text(random);
            var state = Enumerable.Range(0, random.Next(5))
                .Select(i => new KeyValuePair<string, object?>($"Value{i}", Value(random)))
                .Append(new("{OriginalFormat}", "never"))
                .ToList();
            var exception = random.Next(3) == 0 ? Thrown(Text(random)) : null;

            var record = Write(level, "Rotel.Category", eventId, body, state, exception);

            Assert.True(Expected(level, eventId, body, state, exception).Equals(record), $"seed {FreshSeed.Value + round}: {record}");
        }
    }

    /// <summary>Half a character has no form in UTF-8, and a text may be too long; a backend must not refuse a batch for either.</summary>
    [Fact]
    public void Record_OfTextThatCannotStay_IsRepairedAndCut()
    {
        var record = Write(LogLevel.Error, "Rotel", default, "x\ud800y", [], Thrown(new string('e', 100_000)));

        Assert.Equal("x\ufffdy", record.Body.StringValue);
        Assert.All(record.Attributes, attribute => Assert.InRange(attribute.Value.StringValue.Length, 0, MessageWriter.MaxTextLength));
    }

    private static LogRecord Expected(
        LogLevel level, EventId eventId, string body, IEnumerable<KeyValuePair<string, object?>> state, Exception? exception)
    {
        var record = new LogRecord
        {
            TimeUnixNano = 5,
            ObservedTimeUnixNano = 5,
            SeverityNumber = (SeverityNumber)((int)level * 4 + 1),
            SeverityText = level.ToString(),
            Body = new AnyValue { StringValue = body },
            EventName = eventId.Name ?? "",
            Attributes = { Pair("rotel.category", "Rotel.Category") },
        };
        if (eventId.Id != 0)
            record.Attributes.Add(Pair("rotel.event.id", eventId.Id));
        var values = state.Where(of => of.Value is not null && of.Key != "{OriginalFormat}");
        record.Attributes.Add(values.Select(of => Pair(of.Key, of.Value!)));
        if (exception is not null)
        {
            record.Attributes.Add(Pair("exception.type", "System.InvalidOperationException"));
            record.Attributes.Add(Pair("exception.message", exception.Message));
            record.Attributes.Add(Pair("exception.stacktrace", exception.ToString()));
        }

        return record;
    }

    private static LogRecord Write(
        LogLevel level, string category, EventId eventId, string body, List<KeyValuePair<string, object?>> state, Exception? exception)
    {
        using var bytes = new PooledBytes(new BufferPool(new ByteBudget(1 << 20)));
        LogRecordWriting.Write(
            new MessageWriter(bytes), CollectorFields.ScopeEnvelope.Items, 5, level, category, eventId, body, state, exception);
        return Assert.Single(ScopeLogs.Parser.ParseFrom(bytes.Span).LogRecords);
    }

    private static InvalidOperationException Thrown(string message)
    {
        try
        {
            throw new InvalidOperationException(message);
        }
        catch (InvalidOperationException exception)
        {
            return exception;
        }
    }

    private static object? Value(Random random) => random.Next(8) switch
    {
        0 => null,
        1 => random.Next() - (int.MaxValue / 2),
        2 => random.NextInt64(),
        3 => random.NextDouble(),
        4 => true,
        5 => 12.5m,
        6 => TimeSpan.FromSeconds(random.Next(100)),
        _ => Text(random),
    };

    private static KeyValue Pair(string name, object value) => new()
    {
        Key = name,
        Value = value switch
        {
            int number => new AnyValue { IntValue = number },
            long number => new AnyValue { IntValue = number },
            double number => new AnyValue { DoubleValue = number },
            bool flag => new AnyValue { BoolValue = flag },
            _ => new AnyValue { StringValue = Convert.ToString(value, CultureInfo.InvariantCulture) },
        },
    };

    private static string Text(Random random)
    {
        var text = new StringBuilder();
        for (var i = random.Next(30) * random.Next(10); i > 0; i--)
            text.Append(((string[])["a", "ü", "漢", "🚀", "\n"])[random.Next(5)]);
        return text.ToString();
    }
}
