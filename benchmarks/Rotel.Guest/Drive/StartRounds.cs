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
            var processes = hosts.ConvertAll(host => host.Measured);
            if (backends.Agent is { } agent)
                processes.Add(agent);
            var intervals = processes.ConvertAll(process => new ThreadInterval(process));
            await Task.Delay(options.Idling, cancellationToken);
            intervals.ForEach(RecordIdle);
            foreach (var process in processes)
                await RecordMemoryAsync(process, cancellationToken);
        }
        finally
        {
            foreach (var host in hosts)
                await host.DisposeAsync();
        }
    }

    private void RecordIdle(ThreadInterval interval)
    {
        var column = interval.Process.Column;
        var (seconds, threads) = interval.End();
        figures.Add(Figure.IdleCpu, column, threads.Sum(thread => thread.CpuMilliseconds) / seconds);
        figures.Add(Figure.IdleWakeUps, column, threads.Sum(thread => thread.WakeUps) / seconds);
        foreach (var name in threads.GroupBy(thread => thread.Name, StringComparer.Ordinal))
            figures.AddWakeUps(name.Key, column, name.Sum(thread => thread.WakeUps) / seconds);
    }

    private async Task RecordMemoryAsync(MeasuredProcess process, CancellationToken cancellationToken)
    {
        var (resident, anonymous) = ProcessStatus.Megabytes(process.Id);
        var heap = await process.ReadHeapAsync(cancellationToken);
        figures.Add(Figure.Resident, process.Column, resident);
        figures.Add(Figure.Anonymous, process.Column, anonymous);
        figures.Add(Figure.Heap, process.Column, heap.HeldBytes / 1e6);
        figures.Add(Figure.LiveHeap, process.Column, heap.LiveBytes / 1e6);
    }

    private async Task<HostProcess> StartAsync(string variant, CancellationToken cancellationToken)
    {
        await Task.Delay(Pause, cancellationToken);
        var host = await HostProcess.StartAsync(variant, options, backends, null, cancellationToken);
        figures.Add(Figure.Start, variant, host.StartMilliseconds);
        figures.Add(Figure.Started, variant, host.StartedMilliseconds);
        figures.Add(Figure.StartCpu, variant, host.StartCpuMilliseconds);
        figures.Add(Figure.Compiled, variant, host.CompiledMethods);
        Console.Out.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"start {variant}: {host.StartMilliseconds:0} ms ({host.StartStages})"));
        return host;
    }
}
