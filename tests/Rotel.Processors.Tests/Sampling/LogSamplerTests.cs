using Google.Protobuf;
using OpenTelemetry.Proto.Collector.Logs.V1;
using OpenTelemetry.Proto.Common.V1;
using OpenTelemetry.Proto.Logs.V1;
using Rotel.Otlp;
using Rotel.Processors.Filtering;

namespace Rotel.Processors.Sampling;

public sealed class LogSamplerTests
{
    /// <summary>Kept at a threshold up to 9b8233f7e3a151: from 39.3 % on.</summary>
    private static readonly ByteString TraceId = ByteString.CopyFrom(Convert.FromHexString("0123456789abcdef019b8233f7e3a151"));

    [Fact]
    public void Record_OfATrace_IsKeptWithItAndSaysTheThreshold()
    {
        Assert.Equal(["a=1", "sampling.threshold=8"], Texts(Sampled(50, "a=1")!));
        Assert.Null(Sampled(30, "a=1"));
    }

    [Theory]
    [InlineData("sampling.threshold=0", "sampling.threshold=8")]
    [InlineData("sampling.threshold=2;a=1", "sampling.threshold=9;a=1")]
    [InlineData("sampling.threshold=4;a=1", null)]
    [InlineData("sampling.threshold=c", "")]
    [InlineData("sampling.threshold=;a=1", "a=1")]
    [InlineData("sampling.threshold=0;sampling.threshold=0;a=1", "a=1")]
    [InlineData("sampling.threshold=8;sampling.randomness=c0000000000000", "sampling.threshold=c;sampling.randomness=c0000000000000")]
    [InlineData("sampling.randomness=c0;a=1", "a=1;sampling.threshold=8")]
    public void Attributes_OfARecordThatIsKept_SayWhatIsTrue(string before, string? after)
    {
        var left = Sampled(50, before.Split(';'));

        Assert.Equal(after, left is null ? null : string.Join(';', Texts(left)));
    }

    [Fact]
    public void Threshold_ThatIsNotText_IsRemoved()
    {
        var record = new LogRecord
        {
            TraceId = TraceId,
            Attributes = { new KeyValue { Key = "sampling.threshold", Value = new AnyValue { IntValue = 0 } } },
        };

        var left = Run(new ProbabilisticSamplerOptions { Percentage = 50 }, record);

        Assert.Empty(left!.Attributes);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(1, false)]
    [InlineData(4, false)]
    [InlineData(5, true)]
    [InlineData(8, true)]
    [InlineData(9, false)]
    [InlineData(7, false)]
    [InlineData(17, true)]
    [InlineData(24, true)]
    [InlineData(25, true)]
    [InlineData(-1, true)]
    public void Severity_WithAPercentageOfItsOwn_IsKeptAtThat(int severity, bool isKept)
    {
        var options = new ProbabilisticSamplerOptions
        {
            Percentage = 1,
            SeverityPercentages =
            {
                [LogSeverity.Unspecified] = 50,
                [LogSeverity.Debug3] = 10,
                [LogSeverity.Debug] = 50,
                [LogSeverity.Error] = 100,
                [LogSeverity.Fatal] = 100,
            },
        };
        var record = new LogRecord { TraceId = TraceId, SeverityNumber = (SeverityNumber)severity };

        var left = Run(options, record);

        Assert.Equal(isKept, left is not null);
        if (severity is 17 or 24)
            Assert.Equal(record, left);
    }

    [Fact]
    public void Record_WithoutATrace_IsSampledByItsHashAndSaysIt()
    {
        var options = new ProbabilisticSamplerOptions { Percentage = 25 };
        var again = new SamplerRun(OtlpSignal.Logs, options);
        var kept = 0;
        for (var i = 0; i < 200; i++)
        {
            var record = new LogRecord { TimeUnixNano = (ulong)i, Body = new AnyValue { StringValue = "no trace" } };

            var left = Run(options, record);

            Assert.Equal(left, again.Process(Request(record)).ResourceLogs.SingleOrDefault()?.ScopeLogs[0].LogRecords[0]);
            if (left is null)
                continue;
            kept++;
            Assert.Equal("sampling.threshold=c", Texts(left)[0]);
            Assert.Matches("^sampling.randomness=[c-f][0-9a-f]{13}$", Texts(left)[1]);

            // A sampler behind goes on from there, in another process or the next.
            var second = Run(new ProbabilisticSamplerOptions { Percentage = 50 }, left);
            Assert.Equal(string.CompareOrdinal(Texts(left)[1], "sampling.randomness=e") >= 0, second is not null);
            if (second is not null)
                Assert.Equal(["sampling.threshold=e", Texts(left)[1]], Texts(second));
        }

        Assert.InRange(kept, 20, 80);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Record_WithoutATraceOrHash_IsKeptWhenOpenAndAsItCame(bool failClosed)
    {
        var record = new LogRecord { TimeUnixNano = 7, Attributes = { Text("sampling.threshold=4") } };

        var left = Run(new ProbabilisticSamplerOptions { Percentage = 50, HashRecords = false, FailClosed = failClosed }, record);

        Assert.Equal(failClosed ? null : record, left);
    }

    private static LogRecord? Sampled(double percentage, params string[] attributes) =>
        Run(
            new ProbabilisticSamplerOptions { Percentage = percentage },
            new LogRecord { TraceId = TraceId, Attributes = { attributes.Select(Text) } });

    private static LogRecord? Run(ProbabilisticSamplerOptions options, LogRecord record) =>
        new SamplerRun(OtlpSignal.Logs, options).Process(Request(record))
            .ResourceLogs.SingleOrDefault()?.ScopeLogs.Single().LogRecords.Single();

    private static ExportLogsServiceRequest Request(LogRecord record) =>
        new() { ResourceLogs = { new ResourceLogs { ScopeLogs = { new ScopeLogs { LogRecords = { record } } } } } };

    private static List<string> Texts(LogRecord record) =>
        [.. record.Attributes.Select(attribute => $"{attribute.Key}={attribute.Value.StringValue}")];

    private static KeyValue Text(string pair) =>
        new() { Key = pair.Split('=')[0], Value = new AnyValue { StringValue = pair.Split('=')[1] } };
}
