using Rotel.Datadog.TestKit.Metrics;
using Rotel.Exporters.Datadog.Intake;

namespace Rotel.Exporters.Tests.Datadog.Metrics;

/// <summary>What a batch of metrics became, decoded.</summary>
internal sealed class EncodedMetrics
{
    public List<MetricSeries> Series { get; } = [];

    public List<Sketch> Sketches { get; } = [];

    /// <summary>Uncompressed lengths of the requests, by intake.</summary>
    public List<(DatadogIntake Intake, int Length, int Items, int Points)> Requests { get; } = [];

    public long Rejected { get; private init; }

    public long Oversized { get; private init; }

    public string? Reason { get; private init; }

    public int Items => Requests.Sum(request => request.Items);

    public IEnumerable<string> Names => Series.Select(series => series.Metric).Concat(Sketches.Select(sketch => sketch.Metric));

    public static EncodedMetrics Of(PayloadSink sink)
    {
        var encoded = new EncodedMetrics { Rejected = sink.RejectedItems, Oversized = sink.OversizedItems, Reason = sink.Reason };
        foreach (var payload in sink.Payloads)
        {
            var body = new byte[payload.UncompressedLength];
            payload.Body.CopyTo(body);
            var points = payload.Intake == DatadogIntake.Series ? encoded.AddSeries(body) : encoded.AddSketches(body);
            encoded.Requests.Add((payload.Intake, payload.UncompressedLength, payload.Items, points));
        }

        return encoded;
    }

    /// <summary>The one value of the one series of a name.</summary>
    public double Value(string name) => Assert.Single(Assert.Single(Series, series => series.Metric == name).Points).Value;

    private int AddSeries(byte[] body)
    {
        var series = MetricPayload.Parser.ParseFrom(body).Series;
        Series.AddRange(series);
        return series.Sum(one => one.Points.Count);
    }

    private int AddSketches(byte[] body)
    {
        var sketches = SketchPayload.Parser.ParseFrom(body).Sketches;
        Sketches.AddRange(sketches);
        return sketches.Sum(one => one.Dogsketches.Count);
    }
}
