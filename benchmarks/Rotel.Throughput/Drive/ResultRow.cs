namespace Rotel.Throughput.Drive;

/// <summary>All runs of one scenario against one collector.</summary>
internal sealed class ResultRow(Scenario scenario, string collector)
{
    public Scenario Scenario { get; } = scenario;

    public string Collector { get; } = collector;

    public List<Measurement> Runs { get; } = [];

    public int FailedRuns { get; set; }

    public double Median(Func<Measurement, double> figure) => Median(Runs.Select(figure));

    public static double Median(IEnumerable<double> figures)
    {
        var sorted = figures.Order().ToArray();
        return sorted.Length == 0 ? double.NaN
            : sorted.Length % 2 == 1 ? sorted[sorted.Length / 2]
            : (sorted[sorted.Length / 2 - 1] + sorted[sorted.Length / 2]) / 2;
    }
}
