using System.Globalization;
using System.Text;
using System.Text.Json;
using Google.Protobuf;
using OpenTelemetry.Proto.Collector.Logs.V1;
using OpenTelemetry.Proto.Common.V1;
using OpenTelemetry.Proto.Logs.V1;
using Rotel.Exporters.Tests.Datadog.Resources;
using Rotel.TestKit;
using Rotel.TestKit.Telemetry;
using static Rotel.Exporters.Tests.Datadog.Logs.LogTrial;

namespace Rotel.Exporters.Tests.Datadog.Logs;

public sealed class LogEncoderTests
{
    [Theory]
    [InlineData(1000, 1)]
    [InlineData(1001, 2)]
    [InlineData(2500, 3)]
    public void Records_AreSplitByCount(int records, int requests)
    {
        using var trial = new LogTrial();

        var sent = trial.Send(Enumerable.Range(0, records / 100).Select(_ => 100).Append(records % 100).Select(
            count => Request(TestResource.Of(), null, [.. Enumerable.Range(0, count).Select(_ => Sized(200))])));

        Assert.Equal(requests, sent.Count);
        Assert.Equal(records, sent.Sum(request => request.Count));
        Assert.All(sent[..^1], request => Assert.Equal(1000, request.Count));
    }

    /// <summary>Brackets and commas count: 999,999 x 5 + 4 + 2 is one byte too many.</summary>
    [Theory]
    [InlineData(999_998, 999_998, 999_999, 999_999, 1_000_000, 1)]
    [InlineData(999_999, 999_999, 999_999, 999_999, 999_999, 2)]
    [InlineData(1_000_000, 1_000_000, 1_000_000, 1_000_000, 1_000_000, 2)]
    public void Records_AreSplitBySizeExactly(int a, int b, int c, int d, int e, int requests)
    {
        using var trial = new LogTrial();
        int[] sizes = [a, b, c, d, e];

        var sent = trial.Send(Request(TestResource.Of(), null, [.. sizes.Select(Sized)]));

        Assert.Equal(sizes, sent.SelectMany(request => request).Select(Length));
        Assert.Equal(requests, sent.Count);
    }

    [Fact]
    public void LargestRecord_IsSentWhole()
    {
        using var trial = new LogTrial();

        var log = trial.Send(Request(TestResource.Of(), null, Sized(1_000_000)))[0][0];

        Assert.Equal(1_000_000, Length(log));
        Assert.False(log.TryGetProperty("ddtags", out _));
        Assert.DoesNotContain("TRUNCATED", log.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x", 1)]
    [InlineData("€", 3)]
    [InlineData("🦊", 4)]
    [InlineData("\"", 2)]
    [InlineData("\u0001", 6)]
    public void LargerRecord_IsCutInItsMessageAndSaysSo(string character, int bytes)
    {
        using var trial = new LogTrial();
        var record = Sized(1_000_001 - bytes);
        record.Body.StringValue += character;
        var huge = new LogRecord { Body = new AnyValue { StringValue = string.Concat(Enumerable.Repeat(character, 1_200_000)) } };
        var resource = TestResource.Of(("service.name", "orders"));

        var logs = trial.Send(Request(resource, null, record, huge))[0];

        Assert.Equal(2, logs.Count);
        Assert.All(logs, log =>
        {
            var message = log.GetProperty("message").GetString()!;
            Assert.EndsWith("...TRUNCATED...", message, StringComparison.Ordinal);
            Assert.DoesNotContain('\uFFFD', message);
            Assert.Equal("service:orders,truncated:message", log.GetProperty("ddtags").GetString());
            Assert.InRange(Length(log), 1_000_000 - bytes + 1, 1_000_000);
        });
        Assert.Equal(0, trial.Sink.OversizedItems);
    }

    [Fact]
    public void RecordThatIsTooLargeWithoutItsMessage_IsOversized()
    {
        using var trial = new LogTrial();
        var large = new LogRecord { Body = new AnyValue { StringValue = "m" }, Attributes = { Attribute("a", new string('x', 999_990)) } };
        var escaped = new LogRecord { Attributes = { Attribute("a", new string('\u0001', 200_000)) } };
        var message = new LogRecord { Attributes = { Attribute("message", new string('x', 2_000_000)) } };

        var sent = trial.Send(Request(TestResource.Of(), null, large, Sized(300), escaped, message));

        Assert.Equal(2, trial.Sink.OversizedItems);
        Assert.Equal(2, Assert.Single(sent).Count);
        Assert.EndsWith("...TRUNCATED...", sent[0][1].GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void OversizedResource_LeavesOthersAlone()
    {
        using var trial = new LogTrial();

        var sent = trial.Send(
            Request(TestResource.Of(("large", new string('x', 1_000_000))), null, Sized(300), Sized(300)),
            Request(TestResource.Of(("small", "x")), null, Sized(300)));

        Assert.Equal(2, trial.Sink.OversizedItems);
        Assert.Equal("x", Assert.Single(Assert.Single(sent)).GetProperty("small").GetString());
    }

    /// <summary>Each member of a list repeats the path to it, which may be nearly as long as the record: 2,000 x 100,000 bytes here.</summary>
    [Fact]
    public void ListUnderALongName_CostsNoMoreThanTheLargestRecord()
    {
        var members = Enumerable.Range(0, 2_000).Select(i => Attribute($"{i}", new AnyValue { IntValue = i }));
        var list = new AnyValue { KvlistValue = new KeyValueList { Values = { members } } };
        var inArray = new AnyValue { ArrayValue = new ArrayValue { Values = { new AnyValue { KvlistValue = new KeyValueList { Values = { Attribute(new string('k', 100_000), list) } } } } } };
        using var trial = new LogTrial();
        using var payload = trial.Payload(Request(
            TestResource.Of(),
            null,
            new LogRecord { Attributes = { Attribute(new string('k', 100_000), list) } },
            new LogRecord { Attributes = { Attribute("a", inArray) } },
            Sized(300)).ToByteArray());

        var before = GC.GetAllocatedBytesForCurrentThread();
        trial.Encoder.Append(payload, trial.Sink);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 30_000_000);
        Assert.Equal(2, trial.Sink.OversizedItems);
        Assert.Single(Assert.Single(trial.Send()));
    }

    /// <summary>A record that is found too large at its end took as long as one that is sent.</summary>
    [Fact]
    public void BatchOfOversizedRecords_IsWrittenUpToTheMemoryLimit()
    {
        using var trial = new LogTrial(budget: 8 * 1024 * 1024);
        var records = Enumerable.Range(0, 100).Select(_ => new LogRecord { Attributes = { Attribute("a", new string('x', 20_000)) } }).ToArray();

        trial.Send(Request(TestResource.Of(("large", new string('x', 990_000))), null, records));

        Assert.InRange(trial.Sink.OversizedItems, 7, 10);
        Assert.Equal(100, trial.Sink.OversizedItems + trial.Sink.RejectedItems);
    }

    [Fact]
    public void BatchThatRepeatsALargeResource_IsWrittenUpToTheMemoryLimit()
    {
        using var trial = new LogTrial(budget: 8 * 1024 * 1024);
        var records = Enumerable.Range(0, 100).Select(_ => new LogRecord()).ToArray();

        var sent = trial.Send(Request(TestResource.Of(("large", new string('x', 500_000))), null, records)).Sum(request => request.Count);

        Assert.Equal(100 - trial.Sink.RejectedItems, sent);
        Assert.InRange(sent, 15, 17);
        Assert.Contains("memory limit", trial.Sink.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Encoder_IsUsedAgain()
    {
        using var trial = new LogTrial();
        trial.Send(Request(TestResource.Of(("a", "1")), null, Sized(300)));
        using (var payload = trial.Payload(Request(TestResource.Of(("b", "2")), null, Sized(300)).ToByteArray()))
            trial.Encoder.Append(payload, trial.Sink);
        trial.Encoder.Abandon();

        var sent = trial.Send(Request(TestResource.Of(("c", "3")), null, Sized(300)));

        Assert.Equal(2, sent.Count);
        Assert.Equal("1", Assert.Single(sent[0]).GetProperty("a").GetString());
        Assert.Equal("3", Assert.Single(sent[1]).GetProperty("c").GetString());
    }

    /// <summary>Whatever comes, every record arrives once, as valid JSON within the limits, which the trial checks.</summary>
    [Fact]
    public void AnyTelemetry_IsValidJson()
    {
        for (var seed = FreshSeed.Value; seed < FreshSeed.Value + 150; seed++)
        {
            var request = new TelemetryGenerator(seed).Logs();
            var expected = request.ResourceLogs.SelectMany(resource => resource.ScopeLogs).SelectMany(scope => scope.LogRecords).ToList();
            using var trial = new LogTrial();

            var sent = trial.Send(request).SelectMany(records => records).ToList();

            Assert.True(expected.Count == sent.Count, $"{expected.Count} records, {sent.Count} sent; seed {seed}");
            Assert.All(expected.Zip(sent), pair => AssertSame(pair.First, pair.Second, seed));
        }
    }

    [Fact]
    public void ReshapedTelemetry_SaysTheSame()
    {
        for (var seed = FreshSeed.Value; seed < FreshSeed.Value + 50; seed++)
        {
            var request = new TelemetryGenerator(seed).Logs();
            var reshaped = new WireReshaper(seed).Reshape(request.ToByteArray(), ExportLogsServiceRequest.Descriptor);
            using var trial = new LogTrial();
            using var other = new LogTrial();

            var sent = trial.Send(request);
            using (var payload = other.Payload(reshaped.Bytes))
                other.Encoder.Append(payload, other.Sink);

            Assert.Equal(sent.SelectMany(r => r).Select(r => r.GetRawText()), other.Send().SelectMany(r => r).Select(r => r.GetRawText()));
        }
    }

    [Fact]
    public void StandardLoad_IsEncodedWithoutAllocationPerRecord()
    {
        using var trial = new LogTrial();
        var load = new StandardLoad();
        using var payload = trial.Payload(load.Encode(Rotel.Otlp.OtlpSignal.Logs, 400));
        trial.Encoder.Append(payload, trial.Sink);
        trial.Encoder.Abandon();

        // What is left are the few buffers that the encoder borrows for a batch. A collection in between, also of another test, may take
        // arrays from the shared pool, which are then made again: once, and not with every batch.
        var least = long.MaxValue;
        for (var batch = 0; batch < 20 && least > 1_000; batch++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            trial.Encoder.Append(payload, trial.Sink);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
            trial.Encoder.Abandon();
        }

        Assert.InRange(least, 0, 1_000);
    }

    private static void AssertSame(LogRecord record, JsonElement log, int seed)
    {
        if (record.TraceId.Length == 16)
            AssertField("otel.trace_id", Convert.ToHexStringLower(record.TraceId.Span));
        if (record.TimeUnixNano != 0)
            AssertField("otel.timestamp", record.TimeUnixNano.ToString(CultureInfo.InvariantCulture));
        if (record.Body?.HasStringValue == true)
            AssertField("message", record.Body.StringValue);

        void AssertField(string name, string value) => Assert.True(log.GetProperty(name).GetString() == value, $"{name}; seed {seed}");
    }

    private static int Length(JsonElement log) => Encoding.UTF8.GetByteCount(log.GetRawText());

    /// <summary>A record whose JSON has exactly so many bytes.</summary>
    private static LogRecord Sized(int bytes)
    {
        var empty = Length(Send(new LogRecord()));
        return new LogRecord { Body = new AnyValue { StringValue = new string('m', bytes - empty) } };
    }
}
