using System.Net;
using Microsoft.Extensions.Logging;
using Rotel.Configuration;
using Rotel.Delivery;
using Rotel.Diagnostics;
using Rotel.Memory;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.Threading;

namespace Rotel.Hosting;

/// <summary>
/// One Rotel, whole: what <see cref="CollectorComposition"/> wired, and its life. The pipelines work from construction, so that a hand-off
/// never comes too early; <see cref="StartAsync"/> opens the listeners; <see cref="StopAsync"/> is the order of shutdown.
/// </summary>
internal sealed class Collector : IAsyncDisposable
{
    private readonly CollectorParts _parts;
    private readonly ILogger _logger;
    private int _stopped;

    public Collector(RotelPlan plan, ILoggerFactory loggerFactory)
    {
        Plan = plan;
        _logger = loggerFactory.CreateLogger("Rotel.Hosting");
        _parts = new CollectorComposition(plan, loggerFactory).Compose();
        foreach (var warning in plan.Warnings)
            _logger.ConfigurationWarning(warning);
    }

    public RotelPlan Plan { get; }

    public IReadOnlyList<ExporterQueue> Queues => _parts.Queues;

    public ByteBudget Budget => _parts.Pool.Budget;

    public RotelMetrics Metrics => _parts.Metrics;

    /// <summary>Where the process's own SDK hands over.</summary>
    public Intake HandOff => _parts.HandOff;

    public IReadOnlyList<IPEndPoint> GrpcEndpoints => _parts.Receiver.GrpcEndpoints;

    public IReadOnlyList<IPEndPoint> HttpEndpoints => _parts.Receiver.HttpEndpoints;

    public bool IsStopped => Volatile.Read(ref _stopped) != 0;

    /// <summary>Opens the listeners.</summary>
    /// <exception cref="IOException">An endpoint cannot be bound.</exception>
    public Task StartAsync(CancellationToken cancellationToken) => _parts.Receiver.StartAsync(cancellationToken);

    /// <summary>Completes when everything accepted before the call is delivered or dropped.</summary>
    public Task FlushAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(_parts.Queues.Select(queue => queue.FlushAsync(cancellationToken)));

    /// <summary>
    /// Shuts down, in this order and within one deadline: stop accepting and finish the requests in flight; close the batches and drain the
    /// queues, cutting back-offs short; count and log what is left. The owner has flushed the SDK's providers before.
    /// </summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _stopped, 1) != 0)
            return;

        var deadline = new Deadline(_parts.Time, Plan.Options.DrainTimeout);
        await _parts.Receiver.StopAsync(deadline, cancellationToken).ConfigureAwait(false);
        await Task.WhenAll(_parts.Queues.Select(queue => queue.DrainAsync(deadline, cancellationToken))).ConfigureAwait(false);
        LogTotals();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(new CancellationToken(canceled: true)).ConfigureAwait(false);
        await _parts.Receiver.DisposeAsync().ConfigureAwait(false);
        foreach (var queue in _parts.Queues)
            queue.Dispose();
        foreach (var exporter in _parts.Exporters)
            await exporter.DisposeAsync().ConfigureAwait(false);
        _parts.Metrics.Dispose();
        _parts.Workers.Dispose();
        _parts.Time.Dispose();
    }

    private void LogTotals()
    {
        foreach (var queue in _parts.Queues)
        {
            _logger.Stopped(
                queue.Exporter, queue.Signal.Name(), queue.Ledger.Accepted, queue.Ledger.Delivered, queue.Ledger.TotalDropped, queue.HeldItems);
        }
    }
}
