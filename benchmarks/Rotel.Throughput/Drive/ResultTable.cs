using System.Globalization;
using System.Text;

namespace Rotel.Throughput.Drive;

/// <summary>
/// The figures side by side: medians over the runs, processor cost with its range, the ratio of the two collectors. The text of the
/// console is markdown too.
/// </summary>
internal static class ResultTable
{
    public static string Write(IReadOnlyList<ResultRow> rows, DriveOptions options)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{Setup(options)}");
        text.AppendLine();
        AlignedTable.Append(text, leftColumns: 2, [Header(options), .. rows.Select(row => Cells(row, rows))]);
        return text.ToString();
    }

    private static string Setup(DriveOptions options) => string.Create(CultureInfo.InvariantCulture, $"""
        {Machine.Describe()}; collectors under {(options.ServerGc ? "server" : "workstation")} GC; {OtlpRoutes.Name(options.Signal)}, {options.ItemsPerRequest} items
        per request; {options.Measured.TotalSeconds:0.#} s measured after a warm-up of at most {options.LongestWarmUp.TotalSeconds:0.#} s; medians of {options.Repeat} interleaved run(s), CPU-s/M with its range.
        """);

    private static string[] Header(DriveOptions options) =>
    [
        "scenario", "collector", options.Signal == Otlp.OtlpSignal.Traces ? "spans/s" : "items/s", "CPU-s/M", "naive = x", "times plain", "plus CPU-s/M",
        "p50 ms", "p99 ms", "peak RSS MB", "alloc B/item", "GCs", "JIT %", "rdkafka %", "file B/item", "drain s", "not accepted", "lost",
    ];

    private static string[] Cells(ResultRow row, IReadOnlyList<ResultRow> all)
    {
        if (row.Runs.Count == 0)
            return [row.Scenario.Title, row.Collector, row.FailedRuns > 0 ? "failed" : "not run", "", "", "", "", "", "", "", "", "", "", "", "", "", "", ""];

        return
        [
            row.Scenario.Title,
            row.FailedRuns > 0 ? $"{row.Collector} ({row.FailedRuns} failed)" : row.Collector,
            Format("#,0", row.Median(run => run.ItemsPerSecond)),
            Cpu(row),
            Ratio(row, all),
            RatioToPlain(row, all),
            MoreThanPlain(row, all),
            Format("0.0", row.Median(run => run.P50Milliseconds)),
            Format("0.0", row.Median(run => run.P99Milliseconds)),
            Format("0", row.Median(run => run.PeakResidentMegabytes)),
            Format("#,0.#", row.Median(run => run.AllocatedBytesPerItem)),
            Format("0", row.Median(run => run.Collections)),
            Format("0", row.Median(run => run.CompilationPercent)),
            row.Scenario.UsesKafka ? Format("0", row.Median(run => run.KafkaClientPercent)) : "",
            Format("0", row.Median(run => run.FileBytesPerItem)),
            Format("0.0", row.Median(run => run.DrainSeconds)),
            Format("0", row.Runs.Sum(run => run.NotAccepted)),
            Format("0", row.Runs.Sum(run => run.LostItems)),
        ];
    }

    private static string Cpu(ResultRow row)
    {
        var median = Format("0.00", row.Median(run => run.CpuSecondsPerMillion));
        return row.Runs.Count == 1
            ? median
            : $"{median} ({Format("0.00", row.Runs.Min(run => run.CpuSecondsPerMillion))}-{Format("0.00", row.Runs.Max(run => run.CpuSecondsPerMillion))})";
    }

    // How many times dearer the naive collector is in the same scenario.
    private static string Ratio(ResultRow row, IReadOnlyList<ResultRow> all)
    {
        var naive = all.FirstOrDefault(other => other.Scenario == row.Scenario && other.Collector == DriveOptions.Naive);
        return row.Collector == DriveOptions.Naive || naive is null || naive.Runs.Count == 0
            ? ""
            : Format("0.0", naive.Median(run => run.CpuSecondsPerMillion) / row.Median(run => run.CpuSecondsPerMillion)) + " x";
    }

    // How many times dearer than the same without TLS and JSON in the same collector.
    private static string RatioToPlain(ResultRow row, IReadOnlyList<ResultRow> all)
    {
        var plain = all.FirstOrDefault(other => other.Scenario.Name == row.Scenario.Plain && other.Collector == row.Collector);
        return plain is null || plain.Runs.Count == 0
            ? ""
            : Format("0.00", row.Median(run => run.CpuSecondsPerMillion) / plain.Median(run => run.CpuSecondsPerMillion)) + " x";
    }

    // The same as a difference, the median of those within a round: nearer in time, they share more of what the machine does.
    private static string MoreThanPlain(ResultRow row, IReadOnlyList<ResultRow> all)
    {
        var plain = all.FirstOrDefault(other => other.Scenario.Name == row.Scenario.Plain && other.Collector == row.Collector);
        if (plain is null || plain.FailedRuns + row.FailedRuns > 0)
            return "";
        var differences = row.Runs.Zip(plain.Runs, (run, other) => run.CpuSecondsPerMillion - other.CpuSecondsPerMillion).ToArray();
        return differences.Length == 0 ? "" : Format("+0.00;-0.00", ResultRow.Median(differences));
    }

    private static string Format(string format, double value) => value.ToString(format, CultureInfo.InvariantCulture);
}
