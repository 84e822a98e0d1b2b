using System.Net;
using System.Security.Cryptography;
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
internal sealed class SharedAgent : IAsyncDisposable
{
    /// <summary>From when on waits for the next try do not grow.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(250);

    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(10);

    /// <summary>
    /// The kernel may free a killed holder's lock before its ports, and one that leaves gives up the lock first: until then the ports are
    /// tried often, later now and then.
    /// </summary>
    private static readonly TimeSpan PortsAreFreed = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan OftenWait = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan RareWait = TimeSpan.FromMilliseconds(500);

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
    private volatile SharedAgentPart _part = new(SharedAgentRole.Unlinked, null);
    private volatile string? _listenProblem;
    private Task _life = Task.CompletedTask;
    private readonly Lock _links = new();
    private bool _leaves;
    private HolderClient? _holder;
    private Task _former = Task.CompletedTask;
    private AgentFile? _file;
    private SharedEndpoint? _endpoint;

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

    /// <summary>What keeps a holder from its listeners; null when nothing does.</summary>
    public string? Problem => _listenProblem;

    /// <summary>Of what waits to be handed over.</summary>
    public IReadOnlyList<ExporterQueue> Queues => _routes.Queues;

    /// <summary>
    /// Takes a part, and returns when it is known which; or, where the file is locked and its holder does not answer, after a short while.
    /// </summary>
    /// <exception cref="IOException">The file cannot be used, or, as the first process, an endpoint cannot be bound.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var file = AgentFile.Open(_path);
        if (!file.IsLocked)
        {
            file.Dispose();
            _life = RunAsync(_stop.Token);
            await _joined.Task.WaitAsync(ForwardExporter.Patience, _time, cancellationToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
            if (!_joined.Task.IsCompleted)
                _logger.NobodyHolds(_path);
            return;
        }

        try
        {
            var patience = new Deadline(_time, file.Read() is null ? TimeSpan.Zero : StartPatience);
            await BeginToHoldAsync(file, cancellationToken).ConfigureAwait(false);
            await ListenAsync(patience, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await GiveUpAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>
    /// Completes when everything handed over before the call is delivered or dropped by the holder, or by the one before it as it left. What
    /// one that was killed had accepted cannot be waited for.
    /// </summary>
    public async Task FlushAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAll(Queues.Select(queue => queue.FlushAsync(cancellationToken))).ConfigureAwait(false);
        await _former.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        cancellationToken.ThrowIfCancellationRequested();
        if (_part.Role != SharedAgentRole.Follower || _holder is not { } holder || _routes.Exporter.Route is not { } route)
            return;

        var accepted = route.Unconfirmed;
        if (await holder.FlushAsync(cancellationToken).ConfigureAwait(false))
            route.Confirm(accepted);
    }

    /// <summary>
    /// Expects the end of the process, without stopping: a holder takes nothing more from the others, who keep it for whoever is next.
    /// </summary>
    public void ExpectEnd()
    {
        lock (_links)
            _endpoint?.EndLinks();
    }

    /// <summary>Takes back <see cref="ExpectEnd"/>: the process goes on.</summary>
    public void GoOn()
    {
        lock (_links)
        {
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
        await _stop.CancelAsync().ConfigureAwait(false);
        await _life.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_endpoint is { } endpoint)
        {
            lock (_links)
            {
                _leaves = true;
                endpoint.EndLinks();
            }

            _file?.Dispose();
        }
        else if (_holder is { } holder && _part.Role == SharedAgentRole.Follower)
        {
            _ = GoLocalAfterAsync(holder.Ended);
        }
        else
        {
            _routes.GoLocal();
        }
    }

    /// <summary>
    /// Hands over what waits, to the holder until <paramref name="patience"/> ends, and what is left then to this process's own exporters.
    /// To be called after <see cref="LeaveAsync"/>, and before those are drained.
    /// </summary>
    public async Task DrainAsync(Deadline patience, Deadline deadline, CancellationToken cancellationToken)
    {
        // Of a holder nothing goes anywhere else.
        using var late = new CancellationTokenSource(patience.Remaining, _time);
        using var local = late.Token.UnsafeRegister(static routes => ((SharedRoutes)routes!).GoLocal(cuts: true), _routes);
        await Task.WhenAll(Queues.Select(queue => queue.DrainAsync(deadline, cancellationToken))).ConfigureAwait(false);
    }

    /// <summary>
    /// Answers those of the others who wait for a delivery. To be called when this process's own queues are drained: until then there is no
    /// answer.
    /// </summary>
    public Task CloseAsync(Deadline deadline) => _endpoint?.StopAsync(deadline, CancellationToken.None) ?? Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _life.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var queue in Queues)
            queue.Dispose();
        await _routes.Exporter.DisposeAsync().ConfigureAwait(false);
        await GiveUpAsync().ConfigureAwait(false);
        _stop.Dispose();
    }

    /// <summary>Until this process holds the agent, or stops. Never throws but for the latter.</summary>
    private async Task RunAsync(CancellationToken stop)
    {
        var wait = FirstWait;
        while (true)
        {
            try
            {
                var file = AgentFile.Open(_path);
                if (file.IsLocked)
                {
                    await BeginToHoldAsync(file, stop).ConfigureAwait(false);
                    break;
                }

                AgentRecord? record;
                using (file)
                    record = file.Read();
                if (record is not null && await HolderClient.ConnectAsync(record, _time, stop).ConfigureAwait(false) is { } holder)
                {
                    await FollowAsync(holder, stop).ConfigureAwait(false);
                    wait = FirstWait;
                    continue;
                }
            }
            catch (Exception exception) when (exception is not OperationCanceledException)
            {
                await GiveUpAsync().ConfigureAwait(false);
                if (_complaints.TryTake(out _))
                    _logger.CannotTakePart(_path, exception.Message);
            }

            await Task.Delay(wait, _time, stop).ConfigureAwait(false);
            wait = wait * 2 < LongestWait ? wait * 2 : LongestWait;
        }

        await ListenAsync(new Deadline(_time, Timeout.InfiniteTimeSpan), stop).ConfigureAwait(false);
    }

    /// <summary>From here on this process delivers what it and others hand over. Owns the file.</summary>
    private async Task BeginToHoldAsync(AgentFile file, CancellationToken cancellationToken)
    {
        _file = file;
        var token = RandomNumberGenerator.GetBytes(AgentRecord.TokenBytes);
        var intakes = _routes.Intakes;
        _endpoint = new SharedEndpoint(token, intakes.Accepted, intakes.Delivered, FlushForOthersAsync, _loggerFactory, _time);
        await _endpoint.StartAsync(cancellationToken).ConfigureAwait(false);
        var record = new AgentRecord(Environment.ProcessId, _endpoint.Port, token, _fingerprint, [], []);
        file.Write(record);
        _part = new SharedAgentPart(SharedAgentRole.Holder, record);
        _routes.GoLocal();
        _joined.TrySetResult();
        _logger.Holds(_path);
    }

    /// <summary>Tries until it succeeds or the time is over.</summary>
    private async Task ListenAsync(Deadline patience, CancellationToken cancellationToken)
    {
        var often = new Deadline(_time, PortsAreFreed);
        while (true)
        {
            try
            {
                await _listeners.StartAsync(cancellationToken).ConfigureAwait(false);
                TellEndpoints();
                return;
            }
            catch (Exception exception) when (exception is not OperationCanceledException && !patience.IsPassed)
            {
                if (_listenProblem is null && often.IsPassed)
                {
                    _listenProblem = $"it holds the shared agent and cannot listen: {exception.Message}";
                    _logger.CannotListenYet(exception.Message);
                }
            }

            await Task.Delay(often.IsPassed ? RareWait : OftenWait, _time, cancellationToken).ConfigureAwait(false);
        }
    }

    private void TellEndpoints()
    {
        var record = _part.Holder! with
        {
            GrpcEndpoints = Describe(_listeners.GrpcEndpoints),
            HttpEndpoints = Describe(_listeners.HttpEndpoints),
        };
        _file!.Write(record);
        _part = new SharedAgentPart(SharedAgentRole.Holder, record);
        _listenProblem = null;
    }

    /// <summary>Hands over to a holder until its end. The client is the route's to dispose.</summary>
    private async Task FollowAsync(HolderClient holder, CancellationToken stop)
    {
        _holder = holder;
        var route = _routes.GoTo(new HolderTarget(holder, _time))!;
        var record = holder.Holder;
        _part = new SharedAgentPart(SharedAgentRole.Follower, record);
        _joined.TrySetResult();
        _logger.Follows(record.ProcessId, _path);
        if (record.Fingerprint != _fingerprint)
            _logger.HolderDiffers(record.ProcessId, _path);

        var hasLeft = await holder.Ended.WaitAsync(stop).ConfigureAwait(false);
        _part = new SharedAgentPart(SharedAgentRole.Unlinked, null);

        // Begun before the route is left, which disposes the client for new requests.
        if (hasLeft)
            _former = holder.FlushAsync(stop);
        _routes.GoTo(null);
        if (hasLeft)
            _logger.HolderLeft(record.ProcessId);
        else
            _ = ReportLostAsync(record.ProcessId, route);
    }

    /// <summary>When the last answer was read: some may have come and been read after the end of the link.</summary>
    private async Task ReportLostAsync(int processId, ForwardRoute route)
    {
        await route.Ended.ConfigureAwait(false);
        _logger.HolderLost(processId, route.Unconfirmed);
    }

    private async Task GoLocalAfterAsync(Task ended)
    {
        await ended.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _routes.GoLocal();
    }

    private async Task<bool> FlushForOthersAsync(CancellationToken cancellationToken)
    {
        await _flush(cancellationToken).ConfigureAwait(false);
        return true;
    }

    /// <summary>Lets another hold it.</summary>
    private async Task GiveUpAsync()
    {
        _file?.Dispose();
        _file = null;
        if (_endpoint is { } endpoint)
            await endpoint.DisposeAsync().ConfigureAwait(false);
        _endpoint = null;
    }

    private static IReadOnlyList<string> Describe(IReadOnlyList<EndPoint> endpoints) => [.. endpoints.Select(endpoint => endpoint.ToString()!)];
}
