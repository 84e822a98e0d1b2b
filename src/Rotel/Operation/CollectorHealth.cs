using Rotel.Delivery;
using Rotel.Hosting;
using Rotel.Otlp;

namespace Rotel.Operation;

/// <summary>
/// The judge of a collector, for the status and for the host's health checks. What counts as a loss of late is for who asks to say: a
/// health check remembers what it saw last, and the status looks at the clock.
/// </summary>
internal static class CollectorHealth
{
    /// <summary>The share of a queue from which it counts as nearly full.</summary>
    private const double NearlyFull = 0.8;

    /// <summary>Where a collector is in its life, but for whether all is well.</summary>
    public static RotelState StateOf(Collector collector) =>
        collector.HasEnded ? RotelState.Stopped
        : collector.IsStopped ? RotelState.Stopping
        : collector.StartedAt is null ? RotelState.Starting
        : RotelState.Running;

    /// <summary>Everything that is wrong with one that runs, each a sentence without secrets.</summary>
    /// <param name="collector">Whom to judge.</param>
    /// <param name="lossOf">What a queue lost of late; null when nothing.</param>
    public static List<string> ProblemsOf(Collector collector, Func<ExporterQueue, string?> lossOf)
    {
        var problems = collector.Receivers.Select(receiver => receiver.Problem).OfType<string>().ToList();
        if (collector.Sharing?.Problem is { } sharing)
            problems.Add(sharing);
        if (collector.Disk?.Problem is { } disk)
            problems.Add($"the disk queue cannot be used: {disk}");
        if (collector.Budget.Guard?.Problem is { } shortage)
            problems.Add(shortage);
        foreach (var queue in collector.Queues)
        {
            if (lossOf(queue) is { } loss)
                problems.Add($"exporter '{queue.Exporter}' lost {loss}");
            if (queue.Lane is { IsBehind: true } lane)
                problems.Add($"{lane.UnfinishedBytes} bytes of {queue.Signal.Name()} for exporter '{queue.Exporter}' wait on disk");
            else if (queue.UsedBytes > queue.MaxBytes * NearlyFull)
                problems.Add($"the {queue.Signal.Name()} queue of exporter '{queue.Exporter}' is nearly full");
        }

        // One for all signals, whose queues share it.
        foreach (var queue in collector.Queues.DistinctBy(queue => queue.Exporter))
        {
            if (queue.ExporterProblem is { } problem)
                problems.Add($"exporter '{queue.Exporter}' cannot reach its destination: {problem}");
        }

        return problems;
    }
}
