using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Rotel.TestKit;

namespace Rotel.Logging;

public sealed class JsonLineTests : IDisposable
{
    private readonly LogFolder _folder = new();

    [Fact]
    public void Message_BecomesAnObject()
    {
        using var factory = _folder.Create("ROTEL_LOG_FORMAT=json");
        factory.CreateLogger("Rotel.Delivery").Log(
            LogLevel.Warning, new EventId(1001, "Dropped"), new IOException("gone"), "Dropped {Items} of '{Exporter}'", 12, "vendor");

        var line = LogFolder.Read(Assert.Single(_folder.Lines));
        Assert.Equal("2026-11-23T09:00:00.123000Z", line.GetProperty("time").GetString());
        Assert.Equal("warn", line.GetProperty("severity").GetString());
        Assert.Equal("Rotel.Delivery", line.GetProperty("category").GetString());
        Assert.Equal(1001, line.GetProperty("event_id").GetInt32());
        Assert.Equal("Dropped", line.GetProperty("event_name").GetString());
        Assert.Equal("Dropped 12 of 'vendor'", line.GetProperty("message").GetString());
        Assert.Equal("""{"Items":12,"Exporter":"vendor"}""", line.GetProperty("values").GetRawText());
        Assert.Equal("System.IO.IOException", line.GetProperty("exception").GetProperty("type").GetString());
        Assert.Equal("gone", line.GetProperty("exception").GetProperty("message").GetString());
        Assert.StartsWith(
            "System.IO.IOException: gone",
            line.GetProperty("exception").GetProperty("stack_trace").GetString(),
            StringComparison.Ordinal);
    }

    /// <summary>Whatever is logged, each line is an object that gives it back.</summary>
    [Fact]
    public void AnyState_ComesBackFromItsLine()
    {
        var random = new Random(FreshSeed.Value);
        using var factory = _folder.Create("ROTEL_LOG_FORMAT=json");
        var states = Enumerable.Range(0, 500).Select(_ => RandomState(random)).ToList();
        for (var i = 0; i < states.Count; i++)
        {
            var message = RandomText.Next(random);
            states[i].Add(new("{OriginalFormat}", message));
            factory.CreateLogger(RandomText.Next(random)).Log(
                LogLevel.Information, new EventId(i, RandomText.Next(random)), states[i], null, (_, _) => message);
        }

        var lines = File.ReadAllText(_folder.Path, new UTF8Encoding(false, throwOnInvalidBytes: true)).Split('\n');
        Assert.Equal(states.Count + 1, lines.Length);
        for (var i = 0; i < states.Count; i++)
        {
            var line = LogFolder.Read(lines[i]);
            Assert.Equal(i, line.GetProperty("event_id").GetInt32());
            Assert.True(
                Repaired((string)states[i][^1].Value!) == line.GetProperty("message").GetString(),
                $"seed {FreshSeed.Value}, line {i}");
            var values = states[i][..^1].ToLookup(pair => Repaired(pair.Key), pair => pair.Value);
            Assert.Equal(
                values.Count,
                line.TryGetProperty("values", out var read) ? read.EnumerateObject().Select(value => value.Name).Distinct().Count() : 0);
            foreach (var value in values)
            {
                Assert.True(
                    IsSame(value.Last(), read.GetProperty(value.Key)),
                    $"seed {FreshSeed.Value}, line {i}, {value.Key}: {lines[i]}");
            }
        }
    }

    [Fact]
    public void Value_ThatThrows_CostsItsMessageOnly()
    {
        using var factory = _folder.Create("ROTEL_LOG_FORMAT=json");
        var logger = factory.CreateLogger("Rotel.Processor.mine");
        logger.Log(LogLevel.Information, "before {Value} after", new Throwing());
        var values = new List<KeyValuePair<string, object?>> { new("value", new Throwing()) };
        logger.Log(LogLevel.Information, 9, values, null, (_, _) => "text");

        Assert.Equal(2, _folder.Lines.Length);
        Assert.Contains(
            "InvalidOperationException came from its values",
            LogFolder.Read(_folder.Lines[1]).GetProperty("message").GetString(),
            StringComparison.Ordinal);
    }

    /// <summary>A value whose text is made by code that logs must not garble the line it is in.</summary>
    [Fact]
    public void Value_ThatLogs_MakesALineOfItsOwn()
    {
        using var factory = _folder.Create("ROTEL_LOG_FORMAT=json");
        var logger = factory.CreateLogger("Rotel.Processor.mine");
        var values = new List<KeyValuePair<string, object?>> { new("value", new Logging(logger)) };
        logger.Log(LogLevel.Information, 1, values, null, (_, _) => "outer");

        Assert.Equal(["inner", "outer"], _folder.Lines.Select(line => LogFolder.Read(line).GetProperty("message").GetString()));
    }

    public void Dispose() => _folder.Dispose();

    private static List<KeyValuePair<string, object?>> RandomState(Random random)
    {
        object?[] values =
        [
            null, true, 'c', (byte)7, short.MinValue, int.MaxValue, long.MinValue, ulong.MaxValue, 0.1, double.NaN,
            float.NegativeInfinity, 1e300, 3.5f, 79228162514264337593543950335m, new Uri("http://host/?a=b"),
            new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc), TimeSpan.FromMinutes(3), Guid.NewGuid(), LogLevel.Error,
            new[] { "x", RandomText.Next(random) }, new Dictionary<string, int> { ["k"] = 1 }, RandomText.Next(random),
        ];
        return [.. Enumerable.Range(0, random.Next(6)).Select(i => KeyValuePair.Create(
            random.Next(4) == 0 ? "again" : $"{RandomText.Next(random)}{i}", values[random.Next(values.Length)]))];
    }

    private static bool IsSame(object? value, JsonElement read) => value switch
    {
        null => read.ValueKind == JsonValueKind.Null,
        bool truth => read.GetBoolean() == truth,
        string text => read.GetString() == Repaired(text),
        double.NaN or float.NegativeInfinity => read.ValueKind == JsonValueKind.String,
        double number => read.GetDouble() == number,
        float number => read.GetSingle() == number,
        decimal number => read.GetDecimal() == number,
        ulong number => read.GetUInt64() == number,
        byte or short or int or long => read.GetInt64() == Convert.ToInt64(value, CultureInfo.InvariantCulture),
        string[] items => read.EnumerateArray().Select(item => item.GetString()).SequenceEqual(items.Select(Repaired)),
        _ => read.ValueKind is JsonValueKind.String or JsonValueKind.Array,
    };

    private static string Repaired(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));

    private sealed class Throwing
    {
        public override string ToString() => throw new InvalidOperationException();
    }

    private sealed class Logging(ILogger logger)
    {
        public override string ToString()
        {
            logger.Log(LogLevel.Information, "inner");
            return "text";
        }
    }
}
