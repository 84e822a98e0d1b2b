using Microsoft.Extensions.Diagnostics.HealthChecks;
using Rotel.Otlp;

namespace Rotel.Hosting;

/// <summary>
/// Healthy while everything accepted is on its way; degraded while a queue is nearly full or has lost items since the last look, a
/// receiver cannot reach its source, or an exporter not its destination; unhealthy after Rotel has stopped. Switched off is healthy:
/// nothing was asked of it.
/// </summary>
internal sealed class RotelHealthCheck(RotelRuntime runtime) : IHealthCheck
{
    /// <summary>The share of a queue from which it counts as nearly full.</summary>
    private const double NearlyFull = 0.8;

    private readonly Dictionary<(string Exporter, OtlpSignal Signal), long> _lostBefore = [];

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (runtime.Collector is not { } collector)
            return Task.FromResult(HealthCheckResult.Healthy("Rotel is switched off."));
        if (collector.IsStopped)
            return Task.FromResult(HealthCheckResult.Unhealthy("Rotel has stopped."));

        var problems = collector.Receivers.Select(receiver => receiver.Problem).OfType<string>().ToList();
        lock (_lostBefore)
        {
            foreach (var queue in collector.Queues)
            {
                var lost = queue.Ledger.TotalDropped;
                var key = (queue.Exporter, queue.Signal);
                var since = lost - _lostBefore.GetValueOrDefault(key);
                _lostBefore[key] = lost;
                if (since > 0)
                    problems.Add($"exporter '{queue.Exporter}' lost {since} {queue.Signal.ItemNoun()}");
                if (queue.UsedBytes > queue.MaxBytes * NearlyFull)
                    problems.Add($"the {queue.Signal.Name()} queue of exporter '{queue.Exporter}' is nearly full");
            }

            // One for all signals, whose queues share it.
            foreach (var queue in collector.Queues.DistinctBy(queue => queue.Exporter))
            {
                if (queue.ExporterProblem is { } problem)
                    problems.Add($"exporter '{queue.Exporter}' cannot reach its destination: {problem}");
            }
        }

        return Task.FromResult(problems.Count == 0
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Degraded(string.Join("; ", problems)));
    }
}
