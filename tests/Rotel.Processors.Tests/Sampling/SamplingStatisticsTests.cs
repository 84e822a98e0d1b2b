using System.Text;
using Google.Protobuf;
using OpenTelemetry.Proto.Collector.Logs.V1;
using OpenTelemetry.Proto.Collector.Trace.V1;
using OpenTelemetry.Proto.Logs.V1;
using OpenTelemetry.Proto.Trace.V1;
using Rotel.Otlp;
using Rotel.TestKit;

namespace Rotel.Processors.Sampling;

public sealed class SamplingStatisticsTests
{
    private const int Traces = 20_000;

    /// <summary>Standard deviations allowed: outside of them by chance once in two million draws.</summary>
    private const double Deviations = 5;

    private static readonly Dictionary<string, string?> NoTraces = [];

    private readonly Random _random = new(FreshSeed.Value);

    [Theory]
    [InlineData(0.5)]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(33.3)]
    [InlineData(50)]
    [InlineData(99)]
    public void Spans_OfRandomTraces_AreKeptAtTheRateAsked(double percentage)
    {
        var ids = TraceIds(Traces);

        var kept = Kept(percentage, ids).Count;

        AssertBinomial(kept, Traces, percentage / 100);
    }

    [Fact]
    public void Records_WithoutATrace_AreKeptAtTheRateAsked()
    {
        var run = new SamplerRun(OtlpSignal.Logs, new ProbabilisticSamplerOptions { Percentage = 10 });
        var scope = new ScopeLogs();
        for (var i = 0; i < Traces; i++)
            scope.LogRecords.Add(new LogRecord { TimeUnixNano = (ulong)_random.NextInt64() });

        var left = run.Process(new ExportLogsServiceRequest { ResourceLogs = { new ResourceLogs { ScopeLogs = { scope } } } });

        AssertBinomial(left.ResourceLogs[0].ScopeLogs[0].LogRecords.Count, Traces, 0.1);
    }

    [Fact]
    public void Traces_InAnyRequestsOfAnySampler_AreKeptOrDroppedWhole()
    {
        // Each trace has a span in many requests, each to a sampler of its own and in an order of its own, some with a trace state.
        var ids = TraceIds(2_000);
        var first = Kept(20, ids).Keys.ToHashSet();
        for (var process = 0; process < 5; process++)
        {
            _random.Shuffle(ids);
            var kept = new HashSet<string>();
            foreach (var part in ids.Chunk(_random.Next(1, 300)))
                kept.UnionWith(Kept(20, part, _random.Next(2) == 0 ? "other=1" : "").Keys);

            Assert.Equal(first, kept);
        }

        Assert.InRange(first.Count, 300, 500);
    }

    [Fact]
    public void Records_OfATrace_AreKeptWithItsSpans()
    {
        var ids = TraceIds(2_000);
        var spans = Kept(20, ids).Keys.ToHashSet();
        var records = ids.Select(id => new LogRecord { TraceId = Id(id), SeverityNumber = (SeverityNumber)_random.Next(25) });

        var left = new SamplerRun(OtlpSignal.Logs, new ProbabilisticSamplerOptions { Percentage = 20 })
            .Process(new ExportLogsServiceRequest
            {
                ResourceLogs = { new ResourceLogs { ScopeLogs = { new ScopeLogs { LogRecords = { records } } } } },
            });

        var kept = left.ResourceLogs[0].ScopeLogs[0].LogRecords;
        Assert.Equal(spans, kept.Select(record => Convert.ToHexStringLower(record.TraceId.Span)).ToHashSet());
    }

    [Fact]
    public void Traces_KeptAtALowerRate_AreKeptAtEveryHigherOne()
    {
        var ids = TraceIds(Traces);
        HashSet<string>? lower = null;
        foreach (var percentage in new[] { 0.1, 1, 5, 10, 50, 90, 99.9, 100 })
        {
            var kept = Kept(percentage, ids).Keys.ToHashSet();
            Assert.True(lower is null || lower.IsSubsetOf(kept));
            lower = kept;
        }

        Assert.Equal(Traces, lower!.Count);
    }

    [Fact]
    public void Stages_InProportion_MultiplyAndEqualizing_DoNot()
    {
        var ids = TraceIds(Traces);
        var first = Kept(50, ids);

        var proportional = Kept(40, first);
        var equalizing = Kept(40, first, SamplingMode.Equalizing);

        AssertBinomial(proportional.Count, Traces, 0.2);
        AssertBinomial(equalizing.Count, Traces, 0.4);
        Assert.All(proportional.Values, state => Assert.Equal("ot=th:cccd", state));
        Assert.All(equalizing.Values, state => Assert.Equal("ot=th:999a", state));
        Assert.True(proportional.Keys.ToHashSet().IsSubsetOf(equalizing.Keys));

        // What a sampler before has thinned out more, one that equalizes leaves.
        Assert.Equal(proportional, Kept(90, proportional, SamplingMode.Equalizing));
    }

    [Fact]
    public void Thresholds_OfWhatIsKept_CountWhatThereWas()
    {
        var ids = TraceIds(Traces);
        var third = Kept(60, Kept(50, Kept(70, ids)), SamplingMode.Equalizing);

        var estimated = third.Values.Sum(state => 1 / Probability(state!));

        var probability = third.Values.Select(state => Probability(state!)).Distinct().Single();
        Assert.InRange(probability, 0.3499, 0.3501);
        AssertBinomial(third.Count, Traces, probability);
        Assert.Equal(third.Count / probability, estimated, 1e-3);
    }

    [Theory]
    [InlineData("aaaaaaaaaaaaaaaaaae66600000000ff", "ot=th:e666")]
    [InlineData("aaaaaaaaaaaaaaaaaae665ffffffffff", null)]
    [InlineData("aaaaaaaaaaaaaaaa00ffffffffffffff", "ot=th:e666")]
    [InlineData("ffffffffffffffffff000000000000ff", null)]
    public void Decision_AboutATraceId_IsTheSpecifications(string traceId, string? expected)
    {
        // Written down here, so that every version on every machine decides so.
        Assert.Equal(expected, Kept(10, [traceId]).GetValueOrDefault(traceId));
    }

    private static Dictionary<string, string?> Kept(double percentage, IReadOnlyCollection<string> ids, string state = "") =>
        Kept(percentage, ids.Select(id => new KeyValuePair<string, string?>(id, state)));

    /// <summary>The traces that are kept, with their trace states.</summary>
    private static Dictionary<string, string?> Kept(
        double percentage, IEnumerable<KeyValuePair<string, string?>> traces, SamplingMode mode = SamplingMode.Proportional)
    {
        var scope = new ScopeSpans();
        foreach (var (id, state) in traces)
            scope.Spans.Add(new Span { TraceId = Id(id), TraceState = state, Name = "span" });
        var request = new ExportTraceServiceRequest { ResourceSpans = { new ResourceSpans { ScopeSpans = { scope } } } };
        var options = new ProbabilisticSamplerOptions { Percentage = percentage, Mode = mode };
        var left = new SamplerRun(OtlpSignal.Traces, options).Process(request);
        return left.ResourceSpans.Count == 0
            ? NoTraces
            : left.ResourceSpans[0].ScopeSpans[0].Spans.ToDictionary(
                span => Convert.ToHexStringLower(span.TraceId.Span), string? (span) => span.TraceState);
    }

    private static double Probability(string traceState)
    {
        Assert.True(SamplingThreshold.TryParse(Encoding.ASCII.GetBytes(traceState["ot=th:".Length..]), out var threshold));
        return threshold.Probability;
    }

    private static void AssertBinomial(int kept, int of, double probability)
    {
        var mean = of * probability;
        var deviation = Math.Sqrt(mean * (1 - probability));
        Assert.True(Math.Abs(kept - mean) <= (Deviations * deviation) + 1, $"{kept} of {of} at {probability}, seed {FreshSeed.Value}");
    }

    private static ByteString Id(string id) => ByteString.CopyFrom(Convert.FromHexString(id));

    private string[] TraceIds(int count)
    {
        var ids = new string[count];
        var bytes = new byte[16];
        for (var i = 0; i < count; i++)
        {
            _random.NextBytes(bytes);
            ids[i] = Convert.ToHexStringLower(bytes);
        }

        return ids;
    }
}
