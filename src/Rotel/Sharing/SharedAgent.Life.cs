using System.Net;
using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using Rotel.Operation;
using Rotel.Receivers.Sharing;
using Rotel.Threading;

namespace Rotel.Sharing;

/// <content>What happens by itself: the tries for the lock, holding, following, and the end of either.</content>
internal sealed partial class SharedAgent
{
    /// <summary>From when on waits for the next try do not grow.</summary>
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// The kernel may free a killed holder's lock before its ports, and one that leaves gives up the lock first: until then the ports are
    /// tried often, later now and then.
    /// </summary>
    private static readonly TimeSpan PortsAreFreed = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan AnswersAreRead = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan OftenWait = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan RareWait = TimeSpan.FromMilliseconds(500);

    /// <summary>Until this process holds the agent, or stops. Never throws but for the latter.</summary>
    private async Task RunAsync(CancellationToken stop)
    {
        var wait = FirstWait;
        while (true)
        {
            try
            {
                stop.ThrowIfCancellationRequested();
                _file = AgentFile.Open(_path);
                if (_file.IsLocked)
                {
                    await BeginToHoldAsync(stop).ConfigureAwait(false);
                    break;
                }

                AgentRecord? record;
                using (_file)
                    record = _file.Read();
                if (record is not null && await HolderClient.ConnectAsync(record, _time, stop).ConfigureAwait(false) is { } holder)
                {
                    await FollowAsync(holder, stop).ConfigureAwait(false);
                    wait = FirstWait;
                    continue;
                }
            }
            catch (Exception exception) when (!stop.IsCancellationRequested)
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

    /// <summary>From here on this process, which has the lock, delivers what it and others hand over.</summary>
    private async Task BeginToHoldAsync(CancellationToken cancellationToken)
    {
        var token = RandomNumberGenerator.GetBytes(AgentRecord.TokenBytes);
        var intakes = _routes.Intakes;
        var endpoint = new SharedEndpoint(token, intakes.Accepted, intakes.Delivered, FlushForOthersAsync, _loggerFactory, _time);
        lock (_lock)
        {
            _endpoint = endpoint;
            if (_expectsEnd || _leaves)
                endpoint.EndLinks();
        }

        await endpoint.StartAsync(cancellationToken).ConfigureAwait(false);
        var record = new AgentRecord(Environment.ProcessId, endpoint.Port, token, _fingerprint, [], []);
        _file!.Write(record);
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
            catch (Exception exception) when (!cancellationToken.IsCancellationRequested && !patience.IsPassed)
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
        _part = new SharedAgentPart(SharedAgentRole.Holder, record);
        _listenProblem = null;
        try
        {
            _file!.Write(record);
        }
        catch (AgentFileException exception)
        {
            // The others find this process by the record that is there; they only do not hear where it listens.
            _logger.CannotTakePart(_path, exception.Message);
        }
    }

    /// <summary>Hands over to a holder until its end. The client is the route's to dispose.</summary>
    private async Task FollowAsync(HolderClient holder, CancellationToken stop)
    {
        var route = _routes.GoTo(new HolderTarget(holder, _time))!;
        _following = new Following(holder, route);
        var record = holder.Holder;
        _part = new SharedAgentPart(SharedAgentRole.Follower, record);
        _joined.TrySetResult();
        _logger.Follows(record.ProcessId, _path);
        if (record.Fingerprint != _fingerprint)
            _logger.HolderDiffers(record.ProcessId, _path);

        var hasLeft = await holder.Ended.WaitAsync(stop).ConfigureAwait(false);

        // Begun before the route is left, which disposes the client for new requests.
        if (hasLeft)
            _former = Task.WhenAll(_former, holder.FlushAsync(stop));
        _following = null;
        _part = new SharedAgentPart(SharedAgentRole.Unlinked, null);
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
        var items = route.Unconfirmed;
        _logger.HolderLost(items > 0 ? LogLevel.Warning : LogLevel.Information, processId, items);
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
        SharedEndpoint? endpoint;
        lock (_lock)
            (endpoint, _endpoint) = (_endpoint, null);
        if (endpoint is not null)
        {
            // Who has handed over in the moment that it worked gets its answer.
            await endpoint.StopAsync(new Deadline(_time, AnswersAreRead), CancellationToken.None).ConfigureAwait(false);
            await endpoint.DisposeAsync().ConfigureAwait(false);
        }

        _file?.Dispose();
        _file = null;
        if (_part.Role == SharedAgentRole.Holder)
            _part = new SharedAgentPart(SharedAgentRole.Unlinked, null);
    }

    private static IReadOnlyList<string> Describe(IReadOnlyList<EndPoint> endpoints) =>
        [.. endpoints.Select(endpoint => endpoint.ToString()!)];
}
