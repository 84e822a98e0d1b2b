namespace Rotel.Throughput.Naive;

/// <summary>The naive collector's process; measured through the same startup hook as the agent's.</summary>
internal static class NaiveRole
{
    public static async Task RunAsync(Flags flags)
    {
        var options = NaiveOptions.From(flags);
        flags.RefuseUnknown();
        await using var collector = new NaiveCollector(options);
        await collector.RunAsync(CancellationToken.None);
    }
}
