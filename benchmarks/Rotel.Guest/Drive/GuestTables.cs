using System.Globalization;
using System.Text;
using Rotel.Guest.Hosts;
using Rotel.Throughput.Drive;

namespace Rotel.Guest.Drive;

/// <summary>
/// The figures of all variants side by side; what they cost more than one of them, pair by pair; and which threads woke while idle. The
/// text of the console is markdown too.
/// </summary>
internal static class GuestTables
{
    /// <summary>Below this a thread is left out of the last table.</summary>
    private const double FewWakeUps = 0.05;

    public static string Write(Figures figures, GuestOptions options)
    {
        var columns = ColumnsOf(options);
        var measured = Figure.All.Where(figure => columns.Any(column => figures.Of(figure, column).Count > 0)).ToArray();
        var text = new StringBuilder();
        text.AppendLine(Setup(options));
        text.AppendLine();
        AlignedTable.Append(
            text,
            leftColumns: 1,
            [
                ["figure", .. columns],
                .. measured.Select(figure =>
                    (string[])[figure.Title, .. columns.Select(column => Spread.Write(figures.Of(figure, column), figure.Format))]),
            ]);
        if (options.Against is { } baseline)
            AppendDifferences(text, figures, options, measured, baseline);
        if (options.Rounds > 0)
            AppendThreads(text, figures, columns);
        return text.ToString();
    }

    private static string[] ColumnsOf(GuestOptions options) =>
    [
        .. options.Variants.SelectMany(variant =>
            variant == HostVariant.Agent ? [variant, Backends.AgentColumn] : (string[])[variant]),
    ];

    private static string Setup(GuestOptions options) => string.Create(CultureInfo.InvariantCulture, $"""
        {Machine.Describe()}; hosts under {(options.ServerGc ? "server" : "workstation")} GC,
        export {(options.Gzip ? "with gzip" : "uncompressed")}.
        Each host: {options.Rounds * options.StartsPerRound} starts; {options.Rounds} x {options.Idling.TotalSeconds:0.#} s idle
        after {options.Settling.TotalSeconds:0.#} s of settling; {options.RequestsPerSecond:0} requests/s on {options.Connections} connections
        in {options.Sets} x {options.Slices} turns of {options.Slice.TotalSeconds:0.#} s after {options.WarmUp.TotalSeconds:0.#} s of warming up.
        Medians, in brackets the middle half of the runs; differences and ratios are medians over pairs of neighbouring runs.
        """);

    private static void AppendDifferences(
        StringBuilder text, Figures figures, GuestOptions options, IReadOnlyList<Figure> measured, string baseline)
    {
        var compared = options.Variants.Where(variant => variant != baseline).ToArray();
        text.AppendLine();
        AlignedTable.Append(
            text,
            leftColumns: 1,
            [
                ["more than " + baseline, .. compared, "target"],
                .. measured.Where(figure => figure != Figure.Exported).Select(figure => (string[])
                [
                    figure.Title,
                    .. compared.Select(variant => Difference(figure, figures.Of(figure, variant), figures.Of(figure, baseline))),
                    figure.Target,
                ]),
            ]);
    }

    private static string Difference(Figure figure, IReadOnlyList<double> values, IReadOnlyList<double> baseline)
    {
        var pairs = values.Zip(baseline, (value, of) => (Value: value, Baseline: of)).ToArray();
        if (pairs.Length == 0)
            return "";
        var signed = $"+{figure.Format};-{figure.Format};{figure.Format}";
        var difference = Spread.Write(pairs.Select(pair => pair.Value - pair.Baseline), signed);
        var ratio = Spread.Median(pairs.Select(pair => pair.Value / pair.Baseline));
        return string.Create(CultureInfo.InvariantCulture, $"{difference}, {ratio:0.00} x");
    }

    private static void AppendThreads(StringBuilder text, Figures figures, string[] columns)
    {
        double WakeUps(string thread, string column) =>
            figures.WakeUpsOf(thread, column) is { Count: > 0 } values ? Spread.Median(values) : 0;

        var awake = figures.Threads
            .Where(thread => columns.Any(column => WakeUps(thread, column) >= FewWakeUps))
            .OrderByDescending(thread => columns.Max(column => WakeUps(thread, column)));
        text.AppendLine();
        AlignedTable.Append(
            text,
            leftColumns: 1,
            [
                ["idle: wake-ups per s of thread", .. columns],
                .. awake.Select(thread => (string[])[thread, .. columns.Select(
                    column => WakeUps(thread, column).ToString("0.0", CultureInfo.InvariantCulture))]),
            ]);
    }
}
