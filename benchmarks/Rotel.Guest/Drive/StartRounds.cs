using System.Globalization;

namespace Rotel.Guest.Drive;

/// <summary>
/// Starts every variant again and again, one after the other; the last ones of a round stay and are idle side by side, which they can be
/// without disturbing each other.
/// </summary>
internal sealed class StartRounds(GuestOptions options, Backends backends, Figures figures)
{
    /// <summary>For the process before to be gone, or to have compiled what its start made hot.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(400);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        // The first start of all reads the assemblies from disk.
        foreach (var variant in options.Rounds > 0 ? options.Variants : [])
            await (await HostProcess.StartAsync(variant, options, backends, null, cancellationToken)).DisposeAsync();

        for (var round = 0; round < options.Rounds; round++)
        {
            for (var start = 1; start < options.StartsPerRound; start++)
            {
                foreach (var variant in Turns.Of(options.Variants, round + start))
                    await (await StartAsync(variant, cancellationToken)).DisposeAsync();
            }

            await IdleAsync(round, cancellationToken);
        }
    }

    private async Task IdleAsync(int round, CancellationToken cancellationToken)
    {
        var hosts = new List<HostProcess>();
        try
        {
            foreach (var variant in Turns.Of(options.Variants, round))
                hosts.Add(await StartAsync(variant, cancellationToken));

            await Task.Delay(options.Settling, cancellationToken);
            foreach (var host in hosts)
            {
                var (resident, anonymous) = ProcessStatus.Megabytes(host.Id);
                figures.Add(Figure.Resident, host.Variant, resident);
                figures.Add(Figure.Anonymous, host.Variant, anonymous);
            }

            var intervals = hosts.ConvertAll(host => new IdleInterval(host));
            await Task.Delay(options.Idling, cancellationToken);
            intervals.ForEach(interval => interval.End(figures));
        }
        finally
        {
            foreach (var host in hosts)
                await host.DisposeAsync();
        }
    }

    private async Task<HostProcess> StartAsync(string variant, CancellationToken cancellationToken)
    {
        await Task.Delay(Pause, cancellationToken);
        var host = await HostProcess.StartAsync(variant, options, backends, null, cancellationToken);
        figures.Add(Figure.Start, variant, host.StartMilliseconds);
        figures.Add(Figure.StartCpu, variant, host.StartCpuMilliseconds);
        Console.Out.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"start {variant}: {host.StartMilliseconds:0} ms ({host.StartStages})"));
        return host;
    }
}
