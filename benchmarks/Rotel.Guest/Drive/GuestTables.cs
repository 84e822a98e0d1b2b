using System.Globalization;
using System.Text;
using Rotel.Guest.Hosts;
using Rotel.Throughput.Drive;

namespace Rotel.Guest.Drive;

/// <summary>
/// The figures of all variants side by side, with the differences to the host without Rotel, pair by pair; and which threads woke while
/// idle. The text of the console is markdown too.
/// </summary>
internal static class GuestTables
{
    /// <summary>Below this a thread is left out of the second table.</summary>
    private const double FewWakeUps = 0.05;

    public static string Write(Figures figures, GuestOptions options)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{Setup(options)}");
        text.AppendLine();
        var compared = options.Variants.Contains(HostVariant.Plain)
            ? options.Variants.Where(variant => variant is HostVariant.Rotel or HostVariant.HandOff).ToArray()
            : [];
        var measured = Figure.All.Where(figure => options.Variants.Any(variant => figures.Of(figure, variant).Count > 0));
        AlignedTable.Append(
            text, leftColumns: 1, [Header(options, compared), .. measured.Select(figure => Cells(figure, figures, options, compared))]);
        if (options.Rounds > 0)
            AppendThreads(text, figures, options);
        return text.ToString();
    }

    private static string Setup(GuestOptions options) => string.Create(CultureInfo.InvariantCulture, $"""
        {Machine.Describe()}; hosts under {(options.ServerGc ? "server" : "workstation")} GC,
        export {(options.Gzip ? "with gzip" : "uncompressed")}.
        {options.Rounds} x {options.StartsPerRound} starts, {options.Rounds} x {options.Idling.TotalSeconds:0.#} s idle; {options.RequestsPerSecond:0} requests/s on
        {options.Connections} connections in {options.Sets} x {options.Slices} turns of {options.Slice.TotalSeconds:0.#} s after {options.WarmUp.TotalSeconds:0.#} s of warming up.
        Medians, in brackets the middle half of the runs; differences and ratios are medians over pairs of neighbouring runs.
        """);

    private static string[] Header(GuestOptions options, string[] compared) =>
    [
        "figure",
        .. options.Variants,
        .. compared.SelectMany(variant => (string[])[$"{variant} - plain", $"{variant} / plain"]),
        "target",
    ];

    private static string[] Cells(Figure figure, Figures figures, GuestOptions options, string[] compared) =>
    [
        figure.Title,
        .. options.Variants.Select(variant => Spread.Write(figures.Of(figure, variant), figure.Format)),
        .. compared.SelectMany(variant => Compare(figure, figures.Of(figure, variant), figures.Of(figure, HostVariant.Plain))),
        figure.Target,
    ];

    private static string[] Compare(Figure figure, IReadOnlyList<double> guests, IReadOnlyList<double> plain)
    {
        var pairs = guests.Zip(plain, (guest, without) => (Guest: guest, Without: without)).ToArray();
        var signed = $"+{figure.Format};-{figure.Format};{figure.Format}";
        return
        [
            Spread.Write(pairs.Select(pair => pair.Guest - pair.Without), signed),
            Spread.Write(pairs.Select(pair => pair.Guest / pair.Without), "0.00"),
        ];
    }

    private static void AppendThreads(StringBuilder text, Figures figures, GuestOptions options)
    {
        double WakeUps(string thread, string variant) =>
            figures.WakeUpsOf(thread, variant) is { Count: > 0 } values ? Spread.Median(values) : 0;

        var awake = figures.Threads
            .Where(thread => options.Variants.Any(variant => WakeUps(thread, variant) >= FewWakeUps))
            .OrderByDescending(thread => options.Variants.Max(variant => WakeUps(thread, variant)));
        text.AppendLine();
        AlignedTable.Append(
            text,
            leftColumns: 1,
            [
                ["idle: wake-ups per s of thread", .. options.Variants],
                .. awake.Select(thread => (string[])[thread, .. options.Variants.Select(
                    variant => WakeUps(thread, variant).ToString("0.0", CultureInfo.InvariantCulture))]),
            ]);
    }
}
