using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Rotel.Delivery;
using Rotel.Operation;
using Rotel.Otlp;

namespace Rotel.Hosting;

/// <summary>
/// Healthy while everything accepted is on its way; degraded while a queue is nearly full or has lost items since the last look, a
/// receiver cannot reach its source, an exporter not its destination, or memory is short; unhealthy before Rotel has started and after it
/// has stopped.
/// Switched off is healthy: nothing was asked of it.
/// </summary>
internal sealed class RotelHealthCheck(RotelRuntime runtime) : IHealthCheck
{
    private readonly Dictionary<(string Exporter, OtlpSignal Signal), long> _lostBefore = [];

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(Check());

    private HealthCheckResult Check()
    {
        if (runtime.Collector is not { } collector)
            return HealthCheckResult.Healthy("Rotel is switched off.");
        var data = DataOf(collector);
        switch (CollectorHealth.StateOf(collector))
        {
            case RotelState.Starting:
                return HealthCheckResult.Unhealthy("Rotel has not started.", data: data);
            case RotelState.Stopping or RotelState.Stopped:
                return HealthCheckResult.Unhealthy("Rotel has stopped.", data: data);
        }

        List<string> problems;
        lock (_lostBefore)
            problems = CollectorHealth.ProblemsOf(collector, LossOf);
        return problems.Count == 0
            ? HealthCheckResult.Healthy(data: data)
            : HealthCheckResult.Degraded(string.Join("; ", problems), data: data);
    }

    /// <summary>What was lost before the last look is no news.</summary>
    private string? LossOf(ExporterQueue queue)
    {
        var lost = queue.Ledger.TotalDropped;
        var key = (queue.Exporter, queue.Signal);
        var since = lost - _lostBefore.GetValueOrDefault(key);
        _lostBefore[key] = lost;
        return since > 0 ? $"{since} {queue.Signal.ItemNoun()}" : null;
    }

    /// <summary>
    /// Of each exporter and signal what an operator asks first, in flat names and plain values that every writer of reports knows.
    /// </summary>
    private static Dictionary<string, object> DataOf(Collector collector)
    {
        var data = new Dictionary<string, object>();
        foreach (var exporter in collector.Status.Get().Exporters)
        {
            foreach (var signal in exporter.Signals)
            {
                var prefix = $"{exporter.Name}.{signal.Signal.Name()}";
                data[$"{prefix}.queue_items"] = signal.QueueItems;
                data[$"{prefix}.queue_bytes"] = signal.QueueBytes;
                data[$"{prefix}.sent"] = signal.Sent;
                data[$"{prefix}.dropped"] = signal.Dropped.Values.Sum();
                data[$"{prefix}.failed_attempts"] = signal.FailedAttempts;
                if (signal.LastSuccess is { } success)
                    data[$"{prefix}.last_success"] = success.ToString("O", CultureInfo.InvariantCulture);
                if (signal.LastError is { } error)
                    data[$"{prefix}.last_error"] = $"{error.At.ToString("O", CultureInfo.InvariantCulture)} {error.Message}";
            }
        }

        return data;
    }
}
