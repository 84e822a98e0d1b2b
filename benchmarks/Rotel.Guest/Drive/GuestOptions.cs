using Rotel.Guest.Hosts;
using Rotel.Throughput;

namespace Rotel.Guest.Drive;

/// <summary>What the driver runs.</summary>
/// <param name="Variants">Of <see cref="HostVariant"/>; the order of the table, not that of the runs.</param>
/// <param name="Against">The variant that the others are compared with, or null for no comparison.</param>
/// <param name="ServerGc">The garbage collector of the hosts; server is what an ASP.NET Core project gets.</param>
/// <param name="Rounds">Rounds of starts, each with one idle interval; 0 for none.</param>
/// <param name="StartsPerRound">Starts of each variant in one round; the last one's process stays for the idle interval.</param>
/// <param name="Settling">Idle time before that interval: the SDK has exported the first request, and hot code is compiled.</param>
/// <param name="Idling">The idle interval; memory is read at its end.</param>
/// <param name="Sets">Sets of hosts that are loaded, each with processes of its own; 0 for none.</param>
/// <param name="Slices">How often each host of a set gets its turn.</param>
/// <param name="Slice">How long a turn lasts.</param>
/// <param name="WarmUp">How long each host is loaded before. What runs a few times a second, as an export does, is compiled in full only
/// after some ten seconds.</param>
/// <param name="AgentPath">The assembly of the <c>rotel</c> command.</param>
/// <param name="MarkdownPath">Where the tables are written too, or null.</param>
internal sealed record GuestOptions(
    IReadOnlyList<string> Variants,
    string? Against,
    bool ServerGc,
    bool Gzip,
    int Rounds,
    int StartsPerRound,
    TimeSpan Settling,
    TimeSpan Idling,
    int Sets,
    int Slices,
    TimeSpan Slice,
    TimeSpan WarmUp,
    double RequestsPerSecond,
    int Connections,
    string AgentPath,
    string? MarkdownPath)
{
    public static GuestOptions From(Flags flags)
    {
        var quick = flags.Switch("quick");
        var variants = ChosenVariants(flags);
        var options = new GuestOptions(
            variants,
            ChosenBaseline(flags, variants),
            flags.OneOf("gc", "server", "workstation", "server") == "server",
            flags.Switch("gzip"),
            (int)flags.Number("rounds", quick ? 1 : 2, minimum: 0),
            flags.Count("starts", quick ? 2 : 6),
            TimeSpan.FromSeconds(flags.Number("settle", quick ? 10 : 20, minimum: 0)),
            TimeSpan.FromSeconds(flags.Number("idle", quick ? 5 : 10, minimum: 0.1)),
            (int)flags.Number("sets", quick ? 1 : 2, minimum: 0),
            flags.Count("slices", quick ? 2 : 4),
            TimeSpan.FromSeconds(flags.Number("seconds", quick ? 2 : 3, minimum: 0.1)),
            TimeSpan.FromSeconds(flags.Number("warmup", quick ? 6 : 8, minimum: 0)),
            flags.Number("rate", 1500, minimum: 1),
            flags.Count("connections", 16),
            flags.Text("agent", Path.Combine(AppContext.BaseDirectory, "Rotel.Agent.dll")),
            flags.OptionalText("markdown"));
        flags.RefuseUnknown();
        return options;
    }

    private static string[] ChosenVariants(Flags flags)
    {
        var list = flags.Text("host", string.Join(
            ',', HostVariant.Bare, HostVariant.Silent, HostVariant.Agent, HostVariant.Loopback, HostVariant.HandOff));
        var chosen = list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return Array.Find(chosen, name => !HostVariant.All.Contains(name)) is { } unknown
            ? throw new FlagException($"--host '{unknown}' is not known. Hosts: {string.Join(", ", HostVariant.All)}.")
            : chosen;
    }

    private static string? ChosenBaseline(Flags flags, string[] variants)
    {
        var baseline = flags.Text("against", HostVariant.Agent);
        if (variants.Contains(baseline))
            return baseline;
        return flags.Has("against") ? throw new FlagException($"--against '{baseline}' is not among the hosts.") : null;
    }
}
