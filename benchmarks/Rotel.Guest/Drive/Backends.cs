using Rotel.Throughput;
using Rotel.Throughput.Drive;
using Rotel.Throughput.Sink;

namespace Rotel.Guest.Drive;

/// <summary>One counting backend for each variant, so that each one's telemetry is counted apart; alive as long as the driver.</summary>
internal sealed class Backends : IAsyncDisposable
{
    private readonly Dictionary<string, (ChildProcess Process, string Url)> _backends = new(StringComparer.Ordinal);

    public static async Task<Backends> StartAsync(IEnumerable<string> variants, CancellationToken cancellationToken)
    {
        var backends = new Backends();
        foreach (var variant in variants)
        {
            var process = ChildProcess.StartRole("sink", []);
            backends._backends.Add(variant, (process, ""));
            var line = await process.WaitUntilReadyAsync(cancellationToken);
            backends._backends[variant] = (process, ListenerAddresses.Find(line, Transport.Http));
        }

        return backends;
    }

    public string UrlOf(string variant) => _backends[variant].Url;

    /// <summary>Everything that the hosts of a variant have delivered so far.</summary>
    public async Task<long> ItemsOfAsync(string variant, CancellationToken cancellationToken) =>
        SinkReport.Parse(await _backends[variant].Process.AskAsync(SinkReport.Command, cancellationToken)).Items;

    public async ValueTask DisposeAsync()
    {
        foreach (var (process, _) in _backends.Values)
            await process.DisposeAsync();
    }
}
