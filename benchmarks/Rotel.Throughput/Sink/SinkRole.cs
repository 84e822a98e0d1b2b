using Rotel.Throughput.Children;

namespace Rotel.Throughput.Sink;

/// <summary>The counting backend's process. Standard input: <c>count</c>, answered with a <see cref="SinkReport"/>.</summary>
internal static class SinkRole
{
    public static async Task RunAsync(Flags flags)
    {
        var tls = TlsFolder.From(flags);
        flags.RefuseUnknown();
        await using var backend = new CountingBackend(tls);
        await backend.StartAsync();
        backend.PrintReadiness();
        await CommandLoop.RunAsync(SinkReport.Command, _ =>
        {
            backend.Report.Write();
            return Task.CompletedTask;
        });
    }
}
