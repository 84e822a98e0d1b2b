using Microsoft.Extensions.Logging;
using Rotel.Delivery;
using Rotel.Diagnostics;
using Rotel.Hosting;
using Rotel.Operation;
using Rotel.Receivers.Sharing;
using Rotel.Threading;

namespace Rotel.Sharing;

/// <summary>
/// One process's part in a collector that the processes of a user share. Who gets the lock of the file holds the agent, until its end: it
/// listens, and delivers what the others hand over. The others wait for the end of their connection to it, and then try for the lock:
/// <code>
///   unlinked -> follower -> unlinked -> ... -> holder
/// </code>
/// </summary>
internal sealed partial class SharedAgent : IAsyncDisposable
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(10);

    /// <summary>Who delivers what was handed over is asked to hurry as often as this, after the first of these.</summary>
    private static readonly TimeSpan HastenEvery = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan HastenAfter = TimeSpan.FromMilliseconds(50);

    /// <summary>How long a lock without holder is tried for at the start: somebody may only have looked at the file.</summary>
    private const int TriesAtStart = 5;

    /// <summary>How long a first start waits for the ports of a holder that has just ended before it fails as without sharing.</summary>
    private static readonly TimeSpan StartPatience = TimeSpan.FromMilliseconds(500);

    private readonly string _path;
    private readonly string _fingerprint;
    private readonly SharedRoutes _routes;
    private readonly CollectorListeners _listeners;
    private readonly Func<CancellationToken, Task> _flush;
    private readonly ILoggerFactory _loggerFactory;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _joined = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly OncePerInterval _complaints;
    private readonly Lock _lock = new();
    private volatile SharedAgentPart _part = new(SharedAgentRole.Unlinked, null);
    private volatile string? _listenProblem;
    private Task _life = Task.CompletedTask;

    // Written by the one that takes the part: the start or the life after it, and the leave when that is over.
    private volatile Following? _following;
    private volatile Task _former = Task.CompletedTask;
    private AgentFile? _file;

    // Under the lock, for signals come at any time.
    private SharedEndpoint? _endpoint;
    private bool _expectsEnd;
    private bool _leaves;

    /// <param name="path">Of the file.</param>
    /// <param name="fingerprint">Of this process's exporters.</param>
    /// <param name="routes">Where what this process takes in goes.</param>
    /// <param name="listeners">Started when this process becomes the holder.</param>
    /// <param name="flush">Delivers what this process's own queues hold.</param>
    /// <param name="loggerFactory">Where messages go.</param>
    /// <param name="time">The clock.</param>
    public SharedAgent(
        string path,
        string fingerprint,
        SharedRoutes routes,
        CollectorListeners listeners,
        Func<CancellationToken, Task> flush,
        ILoggerFactory loggerFactory,
        TimeProvider time)
    {
        _path = path;
        _fingerprint = fingerprint;
        _routes = routes;
        _listeners = listeners;
        _flush = flush;
        _loggerFactory = loggerFactory;
        _logger = loggerFactory.CreateLogger("Rotel.Sharing");
        _time = time;
        _complaints = new OncePerInterval(time);
    }

    /// <summary>The file whose lock decides.</summary>
    public string Path => _path;

    /// <summary>What this process does now, and who holds the agent.</summary>
    public SharedAgentPart Part => _part;

    /// <summary>
    /// What keeps a holder from its listeners, or others from finding it; null when nothing does. Looked for when somebody asks: a holder
    /// whose file is gone goes on, and so do those who follow it, but whoever starts now holds another and wants the same ports.
    /// </summary>
    public string? Problem => _listenProblem ?? (_part.Role == SharedAgentRole.Holder && _file is { IsLocked: true, IsInPlace: false }
        ? $"it holds the shared agent by a file that is no longer at {_path}: processes that start now do not find it; restart this one"
        : null);

    /// <summary>Of what waits to be handed over.</summary>
    public IReadOnlyList<ExporterQueue> Queues => _routes.Queues;

    /// <summary>
    /// Takes a part, and returns when it is known which; or, where the file is locked and its holder does not answer, after a short while.
    /// </summary>
    /// <exception cref="IOException">The file cannot be used, or, as the first process, an endpoint cannot be bound.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            _file = await OpenFirstAsync(cancellationToken).ConfigureAwait(false);
            if (_file.IsLocked)
            {
                var patience = new Deadline(_time, _file.Read() is null ? TimeSpan.Zero : StartPatience);
                await BeginToHoldAsync(cancellationToken).ConfigureAwait(false);
                await ListenAsync(patience, cancellationToken).ConfigureAwait(false);
                return;
            }

            _file.Dispose();
            _life = RunAsync(_stop.Token);
            await _joined.Task.WaitAsync(ForwardExporter.Patience, _time, cancellationToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
            if (!_joined.Task.IsCompleted)
                _logger.NobodyHolds(_path);
        }
        catch
        {
            await EndLifeAsync().ConfigureAwait(false);
            await GiveUpAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>
    /// Completes when everything handed over before the call is delivered or dropped by the holder, or by the one before it as it left.
    /// What one that was killed had accepted cannot be waited for.
    /// </summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        var handedOver = Task.WhenAll(Queues.Select(queue => queue.FlushAsync(cancellationToken)));
        await HastenUntilAsync(handedOver, cancellationToken).ConfigureAwait(false);
        await handedOver.ConfigureAwait(false);
        if (_following is { } following)
        {
            var accepted = following.Route.Accepted;
            if (await following.Holder.FlushAsync(cancellationToken).ConfigureAwait(false))
                following.Route.Confirm(accepted);
        }

        // Last, for the holder may have begun to leave meanwhile.
        await _former.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>
    /// Expects the end of the process, without stopping: a holder takes nothing more from the others, who keep it for whoever is next.
    /// Completes when nothing is being taken any more, so that a flush then covers all that is acknowledged.
    /// </summary>
    public Task ExpectEndAsync()
    {
        lock (_lock)
        {
            _expectsEnd = true;
            _endpoint?.EndLinks();
            return _endpoint?.NothingArrivesAsync() ?? Task.CompletedTask;
        }
    }

    /// <summary>Takes back <see cref="ExpectEndAsync"/>: the process goes on.</summary>
    public void GoOn()
    {
        lock (_lock)
        {
            _expectsEnd = false;
            if (!_leaves)
                _endpoint?.TakeLinks();
        }
    }

    /// <summary>
    /// Begins the end of this process's part. A holder lets the next one begin at once, and takes nothing more from the others. A follower
    /// takes nothing over any more; should its holder end now, or be none, what waits goes to its own exporters.
    /// </summary>
    public async Task LeaveAsync()
    {
        lock (_lock)
        {
            _leaves = true;
            _endpoint?.EndLinks();
        }

        await EndLifeAsync().ConfigureAwait(false);
        if (_part.Role == SharedAgentRole.Holder)
        {
            _file?.Dispose();
            return;
        }

        await GiveUpAsync().ConfigureAwait(false);
        if (_following is { } following)
            _ = GoLocalAfterAsync(following.Holder.Ended);
        else
            _routes.GoLocal();
    }

    /// <summary>
    /// Hands over what waits, to the holder until <paramref name="patience"/> ends, and what is left then to this process's own exporters.
    /// To be called after <see cref="LeaveAsync"/>, and before those are drained.
    /// </summary>
    public async Task DrainAsync(Deadline patience, Deadline deadline, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(patience.Remaining, _time);
        using var local = late.Token.UnsafeRegister(static routes => ((SharedRoutes)routes!).GoLocal(cuts: true), _routes);
        var drained = Task.WhenAll(Queues.Select(queue => queue.DrainAsync(deadline, cancellationToken)));
        await HastenUntilAsync(drained, cancellationToken).ConfigureAwait(false);
        await drained.ConfigureAwait(false);
    }

    /// <summary>
    /// Answers those of the others who wait for a delivery. To be called when this process's own queues are drained: until then there is no
    /// answer.
    /// </summary>
    public Task CloseAsync(Deadline deadline) => _endpoint?.StopAsync(deadline, CancellationToken.None) ?? Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await EndLifeAsync().ConfigureAwait(false);
        foreach (var queue in Queues)
            queue.Dispose();
        await _routes.Exporter.DisposeAsync().ConfigureAwait(false);
        await GiveUpAsync().ConfigureAwait(false);
    }

    private async Task EndLifeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _life.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task<AgentFile> OpenFirstAsync(CancellationToken cancellationToken)
    {
        for (var left = TriesAtStart; ; left--)
        {
            var file = AgentFile.Open(_path);
            if (file.IsLocked || left == 0 || file.Read() is not null)
                return file;
            file.Dispose();
            await Task.Delay(FirstWait, _time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Until what was handed over is settled, has those who have it now deliver it now: where a sender waits for the delivery it is settled
    /// only then, and it may be in a batch that nobody else closes.
    /// </summary>
    private async Task HastenUntilAsync(Task settled, CancellationToken cancellationToken)
    {
        await settled.WaitAsync(HastenAfter, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        while (!settled.IsCompleted && !cancellationToken.IsCancellationRequested)
        {
            using var round = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var flushed = !_routes.IsLocal && _following is { } following ? following.Holder.FlushAsync(round.Token) : _flush(round.Token);
            await settled.WaitAsync(HastenEvery, _time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await round.CancelAsync().ConfigureAwait(false);
            await flushed.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Whom a follower hands over to, in one, so that who is asked and what is confirmed belong together.</summary>
    private sealed record Following(HolderClient Holder, ForwardRoute Route);
}
