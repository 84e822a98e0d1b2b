using System.Net;
using Microsoft.Extensions.Logging;
using Rotel.Durability;
using Rotel.Pipelines;
using Rotel.Receivers.Operation;
using Rotel.Receivers.Otlp;
using Rotel.Threading;

namespace Rotel.Hosting;

/// <summary>
/// Everything by which the world reaches a collector: its receivers, and the endpoint of its status. Where processes share one, only the
/// holder starts them, and only then opens the disk queue, which is one process's.
/// </summary>
internal sealed class CollectorListeners(
    IReadOnlyList<IReceiver> receivers, OtlpReceiver? otlp, StatusServer? status, ILogger logger) : IAsyncDisposable
{
    private bool _tellsStatus;
    private bool _isDiskOpen;
    private int _started;

    public IReadOnlyList<IReceiver> Receivers => receivers;

    public IReadOnlyList<EndPoint> GrpcEndpoints => otlp?.GrpcEndpoints ?? [];

    public IReadOnlyList<EndPoint> HttpEndpoints => otlp?.HttpEndpoints ?? [];

    public IReadOnlyList<EndPoint> StatusEndpoints => status?.Endpoints ?? [];

    /// <summary>What the status endpoint tells; set before the start.</summary>
    public IStatusSource? StatusSource { get; set; }

    /// <summary>Opened before anything is received; null where there is none.</summary>
    public DiskQueue? Disk { get; init; }

    /// <summary>Starts what has not started yet: after a failure it may be called again.</summary>
    /// <exception cref="IOException">An endpoint cannot be bound, or the disk queue cannot be opened and is required.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await StartStatusAsync(cancellationToken).ConfigureAwait(false);
        if (!_isDiskOpen && Disk is not null)
            await Disk.OpenAsync(cancellationToken).ConfigureAwait(false);
        _isDiskOpen = true;
        for (; _started < receivers.Count; _started++)
            await receivers[_started].StartAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Starts the status alone, so that who asks hears of the start itself.</summary>
    /// <exception cref="IOException">The endpoint cannot be bound.</exception>
    public async Task StartStatusAsync(CancellationToken cancellationToken)
    {
        if (status is not null && !_tellsStatus)
            await status.StartAsync(StatusSource!, cancellationToken).ConfigureAwait(false);
        _tellsStatus = true;
    }

    /// <inheritdoc cref="IReceiver.StopAsync"/>
    public Task StopAsync(Deadline deadline, CancellationToken cancellationToken) =>
        ForEachReceiverAsync(receiver => receiver.StopAsync(deadline, cancellationToken));

    /// <inheritdoc cref="IReceiver.CloseAsync"/>
    public Task CloseAsync(Deadline deadline) =>
        ForEachReceiverAsync(receiver => receiver.CloseAsync(deadline, CancellationToken.None));

    /// <summary>Ends the status endpoint, which tells of the stop to its end.</summary>
    public Task StopStatusAsync(Deadline deadline) => status?.StopAsync(deadline, CancellationToken.None) ?? Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        foreach (var receiver in receivers)
            await receiver.DisposeAsync().ConfigureAwait(false);
        if (status is not null)
            await status.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>One that fails must not keep what was accepted from being delivered.</summary>
    private Task ForEachReceiverAsync(Func<IReceiver, Task> end) => Task.WhenAll(receivers.Select(async receiver =>
    {
        try
        {
            await end(receiver).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            logger.ReceiverNotEnded(exception);
        }
    }));
}
