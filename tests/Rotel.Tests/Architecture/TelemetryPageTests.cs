using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using Rotel.DeadLetters;
using Rotel.Diagnostics;
using Rotel.Memory;
using Rotel.Pipelines;
using Rotel.Telemetry;
using Rotel.TestKit;

namespace Rotel.Architecture;

/// <summary><c>docs/telemetry.md</c> says what there is, all of it and nothing else.</summary>
public sealed partial class TelemetryPageTests
{
    [Fact]
    public void Page_ItsTable_HasEveryInstrumentOfTheMeterWithKindAndUnit()
    {
        var documented = InstrumentRow().Matches(Page()).Select(row =>
            $"{row.Groups["name"].Value} {row.Groups["kind"].Value} {row.Groups["unit"].Value}");

        Assert.Equal(Instruments().Order(StringComparer.Ordinal), documented.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Page_ItsTableOfTheProcess_HasEveryMetricWithKindAndUnit()
    {
        var documented = ProcessRow().Matches(Page()).Select(row =>
            $"{row.Groups["name"].Value} {row.Groups["kind"].Value} {row.Groups["unit"].Value}");

        Assert.Equal(
            ProcessMetrics.Read(TimeSpan.Zero)
                .Select(metric => $"{metric.Name} {Kind(metric.Shape)} {metric.Unit}")
                .Order(StringComparer.Ordinal),
            documented.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Page_ItsBounds_AreThoseOfTheHistogram()
    {
        var milliseconds = PointReading.Bounds.ToArray().Where(bound => bound < 1).Select(bound => $"{bound * 1000:0}").ToArray();
        var seconds = PointReading.Bounds.ToArray().Where(bound => bound >= 1).Select(bound => $"{bound:0.#}").ToArray();

        Assert.Contains(
            $"{string.Join(", ", milliseconds[..^1])} and {milliseconds[^1]} ms and {string.Join(", ", seconds[..^1])} and {seconds[^1]} s",
            Page(),
            StringComparison.Ordinal);
    }

    [Fact]
    public void Page_ItsLists_HaveEveryReason()
    {
        var page = Page();
        string[] reasons =
        [
            .. Enum.GetValues<RefusalReason>().Select(reason => reason.Name()),
            .. Enum.GetValues<DropReason>().Select(reason => reason.Name()),
            .. Enum.GetValues<ConnectionRefusal>().Select(reason => reason.Name()),
            .. Enum.GetValues<ProcessorLossReason>().Select(reason => reason.Name()),
            .. Enum.GetValues<DeadLetterLoss>().Select(reason => reason.Name()),
        ];
        Assert.All(reasons, reason => Assert.Contains($"| `{reason}` |", page, StringComparison.Ordinal));
        Assert.Equal(reasons.Length, ReasonRow().Count(page));
    }

    private static List<string> Instruments()
    {
        var found = new List<string>();
        using var listener = new MeterListener();
        var ours = new ByteBudget(1);
        using var metrics = new RotelMetrics(ours);
        listener.InstrumentPublished = (instrument, _) =>
        {
            // Other tests of this process have meters of the same name.
            if (instrument.Meter.Name == RotelMetrics.MeterName)
                found.Add($"{instrument.Name} {Kind(instrument)} {instrument.Unit}");
        };
        listener.Start();
        return [.. found.Distinct()];
    }

    private static string Kind(Instrument instrument) => instrument.GetType().Name switch
    {
        "ObservableCounter`1" => "counter",
        "ObservableUpDownCounter`1" => "up-down counter",
        "ObservableGauge`1" => "gauge",
        "Histogram`1" => "histogram",
        var other => other,
    };

    private static string Kind(MetricShape shape) => shape switch
    {
        MetricShape.Counter => "counter",
        MetricShape.UpDownCounter => "up-down counter",
        MetricShape.Histogram => "histogram",
        _ => "gauge",
    };

    private static string Page() => File.ReadAllText(Checkout.PathOf("docs", "telemetry.md"));

    [GeneratedRegex(@"^\| `(?<name>rotel\.[a-z_.]+)` \| (?<kind>[a-z-]+(?: counter)?) \| `(?<unit>[^`]+)` \|", RegexOptions.Multiline)]
    private static partial Regex InstrumentRow();

    [GeneratedRegex(
        @"^\| `(?<name>(process|dotnet)\.[a-z_.]+)` \| (?<kind>[a-z-]+(?: counter)?) \| `(?<unit>[^`]+)` \|", RegexOptions.Multiline)]
    private static partial Regex ProcessRow();

    [GeneratedRegex(@"^\| `[a-z_]+` \|", RegexOptions.Multiline)]
    private static partial Regex ReasonRow();
}
