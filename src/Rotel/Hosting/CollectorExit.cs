using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Rotel.Otlp;

namespace Rotel.Hosting;

/// <summary>
/// Delivers what a collector and the process's own SDK hold when the process ends without having stopped them: a return from Main or
/// <see cref="Environment.Exit"/>, an exception that nobody handles, and, where asked to, SIGTERM and SIGINT. Whoever ends the process
/// waits for it up to the drain time-out and a little, and then goes on with that. Nothing of it runs when the process is killed or fails
/// fast.
/// </summary>
/// <remarks>
/// The work is done on a thread of its own, for the one that ends the process may hold locks, or be one of ours; it is waited for without
/// the thread pool. Delivering needs the pool, for sockets do, and has the help against starvation that it always has.
/// </remarks>
internal sealed class CollectorExit : IDisposable
{
    /// <summary>What an end waits beyond the drain time-out, for what is then still to be counted and logged.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(3);

    /// <summary>A process that is still there so long after a signal was answered has decided to go on.</summary>
    private static readonly TimeSpan EndsWithin = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly Collector _collector;
    private readonly ILogger _logger;
    private readonly List<PosixSignalRegistration> _signals = [];
    private readonly ITimer _sharesOn;
    private Thread? _stopping;
    private int _flushing;
    private bool _disposed;

    /// <param name="collector">Stopped when the process ends.</param>
    /// <param name="logger">Told what was too late.</param>
    /// <param name="withSignals">
    /// Whether a signal that would end the process at once is noticed, for the runtime raises nothing then. False where somebody else turns
    /// signals into a stop, as a host does.
    /// </param>
    public CollectorExit(Collector collector, ILogger logger, bool withSignals)
    {
        _collector = collector;
        _logger = logger;
        _sharesOn = collector.Time.CreateTimer(
            static collector => ((Collector)collector!).Sharing?.GoOn(), collector, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        AppDomain.CurrentDomain.ProcessExit += OnProcessExit;
        AppDomain.CurrentDomain.UnhandledException += OnUnhandledException;
        if (withSignals)
        {
            Register(PosixSignal.SIGTERM);
            Register(PosixSignal.SIGINT);
        }
    }

    /// <summary>Lets go of the process; the collector is stopped, or is not to be.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_disposed)
                return;
            _disposed = true;
        }

        AppDomain.CurrentDomain.ProcessExit -= OnProcessExit;
        AppDomain.CurrentDomain.UnhandledException -= OnUnhandledException;
        foreach (var signal in _signals)
            signal.Dispose();
        _sharesOn.Dispose();
    }

    /// <summary>Stops the collector, once, and returns when that is done or takes too long.</summary>
    internal void Stop()
    {
        var limit = _collector.Plan.Options.DrainTimeout + Slack;
        try
        {
            Thread thread;
            lock (_lock)
            {
                if (_disposed)
                    return;
                if (_stopping is null)
                {
                    _stopping = new Thread(StopCollector) { IsBackground = true, Name = "Rotel exit" };
                    _stopping.UnsafeStart();
                }

                thread = _stopping;
            }

            if (!thread.Join(limit))
                LogHeld();
        }
        catch (Exception exception) when (exception is OutOfMemoryException or ThreadStartException)
        {
            // A process that crashes for want of memory may have none for a thread either.
        }
    }

    private void StopCollector()
    {
        try
        {
            // Waits in a pool that may be starved, which only somebody who has something to do is helped with.
            _collector.HandOff.Relief?.Touch();
            _collector.StopAsync(CancellationToken.None).Wait();
        }
        catch (Exception exception)
        {
            // The process is about to end, and has a reason of its own for it.
            _logger.ExitFailed(exception);
        }
    }

    private void OnProcessExit(object? sender, EventArgs e) => Stop();

    /// <summary>On the thread that failed. Others go on meanwhile, and may fail, too: they wait here for the same stop.</summary>
    private void OnUnhandledException(object? sender, UnhandledExceptionEventArgs e)
    {
        if (e.IsTerminating)
            Stop();
    }

    /// <summary>
    /// On a thread that the runtime has for signals. Flushes and does not stop: one that was registered before may still say that the
    /// process goes on, and then all of this must, too. Who sends another meanwhile wants no more patience, and gets none.
    /// </summary>
    private void OnSignal(PosixSignalContext signal)
    {
        if (signal.Cancel || Interlocked.Exchange(ref _flushing, 1) != 0)
            return;

        var limit = _collector.Plan.Options.DrainTimeout;
        try
        {
            _collector.HandOff.Relief?.Touch();
            _collector.Sharing?.ExpectEndAsync().Wait(limit);
            var flushed = CollectorFlush.TryFlushAsync(_collector, limit);
            if (!flushed.Wait(limit + Slack) || !flushed.Result)
                LogHeld();
        }
        catch (Exception exception)
        {
            _logger.ExitFailed(exception);
        }
        finally
        {
            Volatile.Write(ref _flushing, 0);
            _sharesOn.Change(EndsWithin, Timeout.InfiniteTimeSpan);
        }
    }

    private void LogHeld()
    {
        foreach (var queue in _collector.Queues)
        {
            if (queue.HeldItems is var held and > 0)
                _logger.EndedWithItems(queue.Exporter, held, queue.Signal.ItemNoun());
        }
    }

    private void Register(PosixSignal signal)
    {
        try
        {
            _signals.Add(PosixSignalRegistration.Create(signal, OnSignal));
        }
        catch (PlatformNotSupportedException)
        {
            // There are no signals here.
        }
    }
}
