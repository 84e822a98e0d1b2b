using System.Net;
using Microsoft.Extensions.Logging;
using Rotel.Configuration;
using Rotel.Delivery;
using Rotel.Diagnostics;
using Rotel.Durability;
using Rotel.HandOff;
using Rotel.Logging;
using Rotel.Memory;
using Rotel.Operation;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.Sharing;
using Rotel.Threading;

namespace Rotel.Hosting;

/// <summary>
/// One Rotel, whole: what <see cref="CollectorComposition"/> wired, and its life. The pipelines work from construction, so that a hand-off
/// never comes too early; <see cref="StartAsync"/> opens the listeners; <see cref="StopAsync"/> is the order of shutdown.
/// </summary>
internal sealed class Collector : IAsyncDisposable
{
    /// <summary>
    /// What receivers are given at least, after the queues have drained, to tell their sources what was delivered: without it, all would
    /// be received again.
    /// </summary>
    private static readonly TimeSpan LeastClosingTime = TimeSpan.FromSeconds(2);

    /// <summary>The part of the time for a shutdown after which nobody waits for the application's steps any more; below half.</summary>
    private const double PatienceWithSteps = 3.0 / 8;

    private readonly ILoggerFactory _log;
    private readonly CollectorParts _parts;
    private readonly ILogger _logger;
    private TaskCompletionSource? _stopped;

    /// <param name="plan">What to run.</param>
    /// <param name="loggerFactory">Where messages go, unless settings name a file for them; its owner's.</param>
    /// <param name="services">The application's, for its own processors; null without a container.</param>
    /// <exception cref="RotelConfigurationException">
    /// The constructor of a processor in a file failed, or the log file cannot be written.
    /// </exception>
    public Collector(RotelPlan plan, ILoggerFactory loggerFactory, IServiceProvider? services = null)
    {
        Plan = plan;
        try
        {
            _log = RotelLog.Create(plan, loggerFactory);
            _parts = new CollectorComposition(plan, _log, services).Compose();
        }
        catch
        {
            _log?.Dispose();
            plan.Files?.DisposeAsync().AsTask().GetAwaiter().GetResult();
            throw;
        }

        _logger = _parts.LoggerFactory.CreateLogger("Rotel.Hosting");
        Queues = [.. _parts.Sharing?.Queues ?? [], .. _parts.Queues];
        Status = new StatusSource(this, _parts);
        _parts.Listeners.StatusSource = Status;
        foreach (var warning in plan.Warnings)
            _logger.ConfigurationWarning(warning);
        foreach (var notice in plan.Notices)
            _logger.ConfigurationNotice(notice);
    }

    public RotelPlan Plan { get; }

    /// <summary>Where Rotel's messages go, in categories below <c>Rotel</c>.</summary>
    public ILoggerFactory LoggerFactory => _parts.LoggerFactory;

    /// <summary>Of all exporters, and of what is to be handed over to another process, in the order in which they are emptied.</summary>
    public IReadOnlyList<ExporterQueue> Queues { get; }

    public ByteBudget Budget => _parts.Pool.Budget;

    /// <summary>What outlives the process; null where nothing does.</summary>
    public DiskQueue? Disk => _parts.Disk;

    public RotelMetrics Metrics => _parts.Metrics;

    /// <summary>Where the process's own SDK hands over.</summary>
    public Intake HandOff => _parts.HandOff;

    /// <summary>
    /// Exports of the process's own SDK that are under way. The SDK calls a batch flushed when its exporter has read the last item, not
    /// when the export has returned, so a shutdown that trusted ForceFlush alone would close the door on it.
    /// </summary>
    public WorkInProgress HandOffs { get; } = new();

    /// <summary>The providers of the process's own SDK that hand over here.</summary>
    public HandOffSources HandOffSources { get; } = new();

    /// <summary>Knows how the delivery of each trace ended; null where nobody may ask.</summary>
    public TraceWatch? Traces => _parts.Traces;

    /// <summary>The clock of everything here; its timers need no thread of the pool.</summary>
    public TimeProvider Time => _parts.Time;

    public IReadOnlyList<EndPoint> GrpcEndpoints => _parts.Listeners.GrpcEndpoints;

    public IReadOnlyList<EndPoint> HttpEndpoints => _parts.Listeners.HttpEndpoints;

    public IReadOnlyList<EndPoint> StatusEndpoints => _parts.Listeners.StatusEndpoints;

    /// <summary>How it is doing, at the moment of each question.</summary>
    public StatusSource Status { get; }

    /// <summary>When it had started to receive, in UTC; null before.</summary>
    public DateTimeOffset? StartedAt { get; private set; }

    public bool IsStopped => Volatile.Read(ref _stopped) is not null;

    /// <summary>Whether the stop has come to its end.</summary>
    public bool HasEnded => Volatile.Read(ref _stopped) is { Task.IsCompleted: true };

    public IReadOnlyList<IReceiver> Receivers => _parts.Listeners.Receivers;

    /// <summary>This process's part in a collector that several share; null where it has its own.</summary>
    public SharedAgent? Sharing => _parts.Sharing;

    /// <summary>
    /// Makes a way in for what is the process's own, beside its SDK's hand-off; it leads to where this process's part in sharing sends it.
    /// </summary>
    /// <param name="receiver">The name in metrics and logs.</param>
    /// <param name="settings">Limits and modes.</param>
    /// <param name="takes">Which signals it takes; null for all that have an exporter.</param>
    public Intake AddLocalIntake(string receiver, IntakeSettings settings, Func<OtlpSignal, bool>? takes = null) =>
        _parts.Local.Add(receiver, settings, takes);

    /// <summary>Waits until it is known where the process runs, then opens the listeners and begins to receive.</summary>
    /// <exception cref="IOException">An endpoint cannot be bound.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (_parts.Sharing is null)
            await _parts.Listeners.StartStatusAsync(cancellationToken).ConfigureAwait(false);
        if (_parts.Detection is { } detection)
            (await detection.WaitAsync(cancellationToken).ConfigureAwait(false)).LogTo(_logger);
        await (_parts.Sharing?.StartAsync(cancellationToken) ?? _parts.Listeners.StartAsync(cancellationToken)).ConfigureAwait(false);
        _parts.Telemetry?.Start();
        StartedAt = _parts.Time.GetUtcNow();
    }

    /// <summary>
    /// Completes when everything accepted before the call, and what the process's own SDK held then, is delivered or dropped, and what
    /// exporters made of it is sent. Where one destination takes nothing, all others have it by then.
    /// </summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        await HandOffSources.FlushAsync().WaitAsync(cancellationToken).ConfigureAwait(false);
        _parts.Telemetry?.Flush();
        if (_parts.Sharing is { } sharing)
            await sharing.FlushAsync(cancellationToken).ConfigureAwait(false);
        await _parts.Queues.FlushAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Shuts down, in this order and within one deadline: cut back-offs short; let the process's own SDK hand over what it holds, and
    /// requests in flight finish, for up to half of the time, so that one which never ends cannot cost what was accepted, and refuse a
    /// little earlier those that wait for a step of the application's, so that they still hear it; take the last of what Rotel tells about
    /// itself; read nothing more from disk; close the batches and drain the queues, what is left of them to disk; tell sources that wait for
    /// it what was delivered; count and log what is left. Whoever calls while it goes on waits for it.
    /// </summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (Interlocked.CompareExchange(ref _stopped, stopped, null) is { } earlier)
        {
            await earlier.Task.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return;
        }

        try
        {
            var deadline = new Deadline(_parts.Time, Plan.Options.DrainTimeout);
            var senders = new Deadline(_parts.Time, Plan.Options.DrainTimeout / 2);
            Disk?.GiveUp();
            foreach (var queue in Queues)
                queue.Hurry();
            using var patience = new CancellationTokenSource(Plan.Options.DrainTimeout * PatienceWithSteps, _parts.Time);
            using var ended = patience.Token.UnsafeRegister(static collector => ((Collector)collector!).EndWaiting(), this);
            using var hurried = cancellationToken.UnsafeRegister(static collector => ((Collector)collector!).EndWaiting(), this);
            await HandOffSources.FlushAsync().WaitAsync(senders.Remaining, _parts.Time, cancellationToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await HandOffs.NoneAsync().WaitAsync(senders.Remaining, _parts.Time, cancellationToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            var sharing = _parts.Sharing;
            if (sharing is not null)
                await sharing.LeaveAsync().ConfigureAwait(false);
            await _parts.Listeners.StopAsync(senders, cancellationToken).ConfigureAwait(false);
            EndWaiting();
            _parts.Telemetry?.Stop();
            if (sharing is not null)
                await sharing.DrainAsync(senders, deadline, cancellationToken).ConfigureAwait(false);
            if (Disk is { } disk)
            {
                // A disk that hangs must keep nobody from delivering what is in memory.
                await disk.StopReplayAsync().WaitAsync(senders.Remaining, _parts.Time, CancellationToken.None)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            await Task.WhenAll(_parts.Queues.Select(queue => DrainAsync(queue, deadline, cancellationToken))).ConfigureAwait(false);

            // Also when the host has lost its patience: these two seconds save many from being received again.
            var isTime = deadline.Remaining > LeastClosingTime && !cancellationToken.IsCancellationRequested;
            var closing = isTime ? deadline : new Deadline(_parts.Time, LeastClosingTime);
            await Task.WhenAll(
                _parts.Listeners.CloseAsync(closing),
                sharing?.CloseAsync(closing) ?? Task.CompletedTask,
                _parts.DeadLetters?.StopAsync(closing) ?? Task.CompletedTask).ConfigureAwait(false);
            if (Disk is not null)
            {
                await Disk.DisposeAsync().AsTask().WaitAsync(closing.Remaining, _parts.Time, CancellationToken.None)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            LogTotals();
            await _parts.Listeners.StopStatusAsync(closing).ConfigureAwait(false);
        }
        finally
        {
            stopped.SetResult();
        }
    }

    /// <summary>Stops, which delivers what is held, unless that was done before.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync(CancellationToken.None).ConfigureAwait(false);
        await _parts.Listeners.DisposeAsync().ConfigureAwait(false);
        if (_parts.Sharing is { } sharing)
            await sharing.DisposeAsync().ConfigureAwait(false);
        foreach (var typed in _parts.Typed)
            await typed.DisposeAsync().ConfigureAwait(false);
        if (Plan.Files is { } files)
            await files.DisposeAsync().ConfigureAwait(false);
        _parts.TypedThreads?.Dispose();
        foreach (var queue in _parts.Queues)
            queue.Dispose();
        if (_parts.DeadLetters is { } deadLetters)
            await deadLetters.DisposeAsync().ConfigureAwait(false);
        foreach (var exporter in _parts.Exporters)
            await exporter.DisposeAsync().ConfigureAwait(false);
        _parts.Relief?.Dispose();
        Budget.Guard?.Dispose();
        _parts.Telemetry?.Dispose();
        _parts.Activities?.Dispose();
        _parts.Metrics.Dispose();
        _parts.Workers.Dispose();
        _parts.Time.Dispose();
        _log.Dispose();
    }

    /// <summary>
    /// Ends what waits for what is not ours: requests for steps, which are refused, and what was handed over for the end of detection,
    /// which goes on with what was found.
    /// </summary>
    private void EndWaiting()
    {
        _parts.DetectionEnd.Cancel();
        foreach (var typed in _parts.Typed)
            typed.Stop();
    }

    /// <summary>
    /// Also sends what the exporter holds beside batches, by queue and not when all are empty: a destination that takes nothing has used up
    /// the time by then. What is not sent by the deadline is the exporter's to count.
    /// </summary>
    private async Task DrainAsync(ExporterQueue queue, Deadline deadline, CancellationToken cancellationToken)
    {
        await queue.DrainAsync(deadline, cancellationToken).ConfigureAwait(false);
        using var timeout = new CancellationTokenSource(deadline.Remaining, _parts.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        await queue.FlushExporterAsync(either.Token).AsTask().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private void LogTotals()
    {
        foreach (var queue in Queues)
        {
            _logger.Stopped(
                queue.Exporter,
                queue.Signal.Name(),
                queue.Ledger.Accepted,
                queue.Ledger.Delivered,
                queue.Ledger.TotalDropped,
                queue.HeldItems,
                queue.Ledger.Kept + (queue.Lane?.ItemsOnDisk ?? 0));
        }
    }
}
