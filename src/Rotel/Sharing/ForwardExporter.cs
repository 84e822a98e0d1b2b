using Rotel.Batching;
using Rotel.Delivery;
using Rotel.Pipelines;
using Rotel.Receivers.Sharing;

namespace Rotel.Sharing;

/// <summary>
/// Hands what this process took in over to whoever holds the shared agent. While nobody does, attempts wait for the next holder instead of
/// failing, so that nothing is logged or polled in between.
/// </summary>
internal sealed class ForwardExporter(TimeProvider time) : IExporter
{
    /// <summary>The name of its queues in metrics, logs and status.</summary>
    public const string Name = SharedEndpoint.Name;

    /// <summary>A change of holders is over in less; who finds none for longer has a problem.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private TaskCompletionSource _routed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ForwardRoute? _route;
    private long _unroutedSince = time.GetTimestamp();

    public string? Problem
    {
        get
        {
            lock (_lock)
            {
                return _route is null && time.GetElapsedTime(_unroutedSince) > Patience
                    ? "no process that holds the shared agent can be reached"
                    : null;
            }
        }
    }

    /// <summary>Where attempts go now; null while there is nobody.</summary>
    public ForwardRoute? Route
    {
        get
        {
            lock (_lock)
                return _route;
        }
    }

    /// <summary>The target is disposed when it is left and its last attempt has ended.</summary>
    /// <param name="target">Where attempts go from now on; null to let them wait.</param>
    public ForwardRoute? SendTo(IForwardTarget? target)
    {
        var route = target is null ? null : new ForwardRoute(target);
        ForwardRoute? former;
        lock (_lock)
        {
            former = _route;
            _route = route;
            if (route is not null)
            {
                _routed.TrySetResult();
            }
            else if (former is not null)
            {
                _routed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                _unroutedSince = time.GetTimestamp();
            }
        }

        former?.Leave(cuts: false);
        return route;
    }

    /// <summary>Payloads travel as they are.</summary>
    public EncodedBatch? Encode(OtlpBatch batch) => null;

    public async ValueTask<ExportOutcome> ExportAsync(OtlpBatch batch, CancellationToken cancellationToken)
    {
        while (true)
        {
            ForwardRoute? route;
            Task routed;
            lock (_lock)
                (route, routed) = (_route, _routed.Task);
            if (route is null)
                await routed.WaitAsync(cancellationToken).ConfigureAwait(false);
            else if (await route.TrySendAsync(batch, cancellationToken).ConfigureAwait(false) is { } outcome)
                return outcome;
        }
    }

    public ValueTask DisposeAsync()
    {
        SendTo(null);
        return ValueTask.CompletedTask;
    }
}
