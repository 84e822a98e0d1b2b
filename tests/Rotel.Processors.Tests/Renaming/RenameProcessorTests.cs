using System.Diagnostics;
using System.Text.RegularExpressions;
using Google.Protobuf;
using OpenTelemetry.Proto.Collector.Metrics.V1;
using OpenTelemetry.Proto.Collector.Trace.V1;
using OpenTelemetry.Proto.Trace.V1;
using Rotel.Otlp;
using Rotel.Processors.Editing;
using Rotel.TestKit;
using Rotel.TestKit.Telemetry;

namespace Rotel.Processors.Renaming;

public sealed class RenameProcessorTests
{
    private static readonly KeyValuePair<string, string>[] Names = [new("a", "new"), new("日本語のログ", new string('長', 100)), new("emoji", "x")];

    private static readonly KeyValuePair<string, string>[] Patterns =
    [
        new("^(?<method>[A-Z]+) .*$", "${method}"), new("[^a-zA-Z0-9.]+", "_"), new("^x+$", ""), new("(?<=x)(x)", "$1y"), new("t", "T"),
    ];

    [Theory]
    [InlineData(OtlpSignal.Traces)]
    [InlineData(OtlpSignal.Metrics)]
    public void Names_OfAnyLegalBody_AreThoseOfTheReference(OtlpSignal signal)
    {
        var changed = 0;
        for (var i = 0; i < 300; i++)
        {
            var seed = FreshSeed.Value + i;
            var body = EditingBench.Draw(signal, seed);
            var expected = OtlpItems.Parse(signal, body);
            if (OtlpItems.Count(expected) == 0)
                continue;
            var patterns = Patterns.Skip(seed % Patterns.Length).ToArray();
            Rename(expected, patterns);

            var written = new EditingBench(signal, new RenameEditor(new NameRules(Names, patterns))).Process(body, out var isSame);

            Assert.True(expected.Equals(OtlpItems.Parse(signal, written!)), $"seed {seed}");
            changed += isSame ? 0 : 1;
        }

        Assert.True(changed > 50, $"only {changed} bodies were changed");
    }

    [Fact]
    public void Spans_OfAStandardBody_AreRenamedWithoutMemoryForEach()
    {
        var bench = new AllocationBench(new RenameEditor(new NameRules([], [new("[{][^}]*[}]", "*")])));
        var few = bench.Allocated(new StandardLoad().Encode(OtlpSignal.Traces, 10));

        var many = bench.Allocated(new StandardLoad().Encode(OtlpSignal.Traces, 500));

        Assert.Equal(few, many);
    }

    [Theory]
    [InlineData("a.*b|a")]
    [InlineData("(?=a)a(?!.*c)")]
    public void Name_WithVeryManyMatches_StaysAndDoesNotHoldUp(string pattern)
    {
        // Every match looks at all that follows: 80 thousand million characters.
        var name = new string('a', 400_000);
        var span = new Span { Name = name };
        var request = new ExportTraceServiceRequest
        {
            ResourceSpans = { new ResourceSpans { ScopeSpans = { new ScopeSpans { Spans = { span } } } } },
        };
        var watch = Stopwatch.StartNew();

        new EditingBench(OtlpSignal.Traces, new RenameEditor(new NameRules([], [new(pattern, "x")]))).Process(request.ToByteArray(), out var isSame);

        Assert.True(isSame);
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(20));
    }

    private static void Rename(IMessage request, KeyValuePair<string, string>[] patterns)
    {
        switch (request)
        {
            case ExportTraceServiceRequest traces:
                foreach (var span in traces.ResourceSpans.SelectMany(resource => resource.ScopeSpans).SelectMany(scope => scope.Spans))
                    span.Name = Renamed(span.Name, patterns);
                break;
            case ExportMetricsServiceRequest metrics:
                foreach (var metric in metrics.ResourceMetrics.SelectMany(resource => resource.ScopeMetrics).SelectMany(scope => scope.Metrics))
                    metric.Name = Renamed(metric.Name, patterns);
                break;
        }
    }

    private static string Renamed(string name, KeyValuePair<string, string>[] patterns)
    {
        if (name.Length == 0)
            return name;
        var renamed = Names.FirstOrDefault(pair => pair.Key == name).Value;
        if (renamed is null && patterns.FirstOrDefault(pair => Regex.IsMatch(name, pair.Key)) is { Key: not null } first)
            renamed = System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(Regex.Replace(name, first.Key, first.Value)));
        return string.IsNullOrEmpty(renamed) ? name : renamed;
    }
}
