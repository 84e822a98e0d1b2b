using Rotel.Otlp;

namespace Rotel.Throughput.Drive;

/// <summary>What the driver runs.</summary>
/// <param name="Collectors">In the order in which they take turns.</param>
/// <param name="ServerGc">The garbage collector of the collectors; workstation is what a library usually finds itself under.</param>
/// <param name="Measured">How long the measured load lasts.</param>
/// <param name="LongestWarmUp">How long the same load runs before at most; it ends earlier once the collector's code is compiled in
/// full.</param>
/// <param name="AgentPath">The agent's assembly.</param>
/// <param name="DiskFolder">Below which disk queues are, each in a folder of its own that goes with its run.</param>
/// <param name="MarkdownPath">Where the table is written as markdown too, or null.</param>
internal sealed record DriveOptions(
    IReadOnlyList<Scenario> Scenarios,
    IReadOnlyList<string> Collectors,
    OtlpSignal Signal,
    int ItemsPerRequest,
    int? Connections,
    bool ServerGc,
    TimeSpan Measured,
    TimeSpan LongestWarmUp,
    int Repeat,
    string AgentPath,
    string DiskFolder,
    string? MarkdownPath)
{
    public const string Rotel = "rotel";
    public const string Naive = "naive";

    public static DriveOptions From(Flags flags)
    {
        var quick = flags.Switch("quick");
        var options = new DriveOptions(
            ChosenScenarios(flags),
            ChosenCollectors(flags),
            OtlpRoutes.Signal(flags),
            flags.Count("items", 100),
            flags.Has("connections") ? flags.Count("connections", 1) : null,
            flags.OneOf("gc", "workstation", "workstation", "server") == "server",
            TimeSpan.FromSeconds(flags.Number("seconds", quick ? 3 : 15, minimum: 0.1)),
            TimeSpan.FromSeconds(flags.Number("warmup", quick ? 12 : 40, minimum: 0)),
            flags.Count("repeat", quick ? 1 : 3),
            AgentPathFrom(flags),
            flags.Text("disk", Path.GetTempPath()),
            flags.OptionalText("markdown"));
        flags.RefuseUnknown();
        return options;
    }

    public static string AgentPathFrom(Flags flags) => flags.Text("agent", Path.Combine(AppContext.BaseDirectory, "Rotel.Agent.dll"));

    private static Scenario[] ChosenScenarios(Flags flags)
    {
        var all = string.Join(',', Scenario.All.Select(scenario => scenario.Name));
        var chosen = new List<Scenario>();
        foreach (var name in Names(flags.Text("scenario", all)))
        {
            chosen.Add(Scenario.All.FirstOrDefault(scenario => scenario.Name == name)
                ?? throw new FlagException($"--scenario '{name}' is not known. Scenarios: {all}."));
        }

        if (!flags.Has("rate"))
            return [.. chosen];
        var rate = flags.Number("rate", 0, minimum: 0);
        return [.. chosen.Select(scenario => scenario with { ItemsPerSecond = rate })];
    }

    private static string[] Names(string list) => list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static string[] ChosenCollectors(Flags flags)
    {
        var chosen = Names(flags.Text("collector", $"{Rotel},{Naive}"));
        return Array.Find(chosen, name => name is not (Rotel or Naive)) is { } unknown
            ? throw new FlagException($"--collector '{unknown}' is not known. Collectors: {Rotel}, {Naive}.")
            : chosen;
    }
}
