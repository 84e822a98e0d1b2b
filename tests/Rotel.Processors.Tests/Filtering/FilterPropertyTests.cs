using Google.Protobuf;
using Rotel.Otlp;
using Rotel.TestKit;
using Rotel.TestKit.Telemetry;

namespace Rotel.Processors.Filtering;

/// <summary>The filter, with conditions and telemetry drawn at random, against plain code on Google.Protobuf objects.</summary>
public sealed class FilterPropertyTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(OtlpSignal.Traces)]
    [InlineData(OtlpSignal.Metrics)]
    [InlineData(OtlpSignal.Logs)]
    public void Filter_WithAnyConditions_LeavesOutWhatTheReferenceDoes(OtlpSignal signal)
    {
        output.WriteLine($"{FreshSeed.Variable}={FreshSeed.Value}");
        var (dropped, kept) = (0, 0);
        for (var seed = FreshSeed.Value; seed < FreshSeed.Value + 400; seed++)
        {
            var body = Body(signal, seed);
            var (options, reference) = Draw(signal, seed);

            var run = FilterRun.Of(options, signal, body);

            var expected = OtlpItems.Parse(signal, body);
            var items = OtlpItems.Count(expected);
            var removed = reference.Apply(expected);
            var isChanged = !expected.Equals(OtlpItems.Parse(signal, body));
            var actual = run.Body is null ? null : OtlpItems.Parse(signal, run.Body);
            Assert.True((isChanged && items == removed) == (actual is null), $"seed {seed}: {Text(options)}");
            Assert.True(actual is null || expected.Equals(actual), $"seed {seed}: {Text(options)}");
            Assert.Equal(!isChanged, run.IsSame);
            Assert.Equal(removed, run.Removed);
            Assert.Equal(items - removed, run.Left);
            if (run.Body is not null)
                Assert.Equal(run.Left, OtlpValidator.Validate(signal, run.Body, OtlpLimits.Untrusted).ItemCount);
            dropped += removed;
            kept += items - removed;
        }

        // The conditions say both often enough to mean something.
        Assert.InRange(dropped, (dropped + kept) / 20, (dropped + kept) * 19 / 20);
    }

    private static byte[] Body(OtlpSignal signal, int seed)
    {
        var original = new TelemetryGenerator(seed).Request(signal).ToByteArray();
        return seed % 3 == 0 ? original : new WireReshaper(seed).Reshape(original, OtlpItems.Descriptor(signal)).Bytes;
    }

    private static (FilterOptions Options, ReferenceFilter Reference) Draw(OtlpSignal signal, int seed)
    {
        var conditions = new DrawnConditions(new Random(seed));
        var options = new FilterOptions();
        var reference = new ReferenceFilter();
        var isKeep = seed % 2 == 0;
        switch (signal)
        {
            case OtlpSignal.Traces:
                var span = conditions.Span();
                (isKeep ? options.KeepOnly : (Action<SpanCondition>)options.Drop)(span.Condition);
                reference.DropSpan = item => span.Plain(item) != isKeep;
                break;
            case OtlpSignal.Logs:
                var log = conditions.Log();
                (isKeep ? options.KeepOnly : (Action<LogCondition>)options.Drop)(log.Condition);
                reference.DropLog = item => log.Plain(item) != isKeep;
                break;
            default:
                var metric = conditions.Metric();
                var point = conditions.Point();
                if (seed % 5 != 0)
                {
                    options.Drop(metric.Condition);
                    reference.DropMetric = metric.Plain;
                }

                if (seed % 5 != 1)
                {
                    (isKeep ? options.KeepOnly : (Action<DataPointCondition>)options.Drop)(point.Condition);
                    reference.DropPoint = item => point.Plain(item) != isKeep;
                }

                break;
        }

        return (options, reference);
    }

    private static string Text(FilterOptions options) => string.Join(
        "; ", [.. options.SpansToDrop, .. options.LogsToDrop, .. options.MetricsToDrop, .. (IEnumerable<object>)options.DataPointsToDrop]);
}
