namespace Rotel.ClickHouse.TestKit.Server;

/// <summary>
/// Decides what a server does with each request, in the order in which they arrive, by what is known before the body is read: URL and
/// headers. Pings are always answered. Safe for concurrent use.
/// </summary>
public sealed class ServerScript
{
    private readonly Lock _lock = new();
    private readonly List<(Func<ClickHouseRequest, bool> Applies, ServerBehaviour Behaviour)> _next = [];
    private Func<ClickHouseRequest, ServerBehaviour> _otherwise = _ => ServerBehaviour.Serve;

    /// <summary>How many queued behaviours are still to come.</summary>
    public int Remaining
    {
        get
        {
            lock (_lock)
                return _next.Count;
        }
    }

    /// <summary>Queues behaviours, one for each of the next requests.</summary>
    public ServerScript Then(params ReadOnlySpan<ServerBehaviour> behaviours) => ThenFor(_ => true, behaviours);

    /// <summary>Queues behaviours, one for each of the next inserts whose statement is in the URL; other requests pass them by.</summary>
    public ServerScript ThenForInserts(params ReadOnlySpan<ServerBehaviour> behaviours) => ThenFor(request => request.IsInsert, behaviours);

    /// <summary>Queues behaviours, one for each of the next requests of a kind; other requests pass them by.</summary>
    public ServerScript ThenFor(Func<ClickHouseRequest, bool> applies, params ReadOnlySpan<ServerBehaviour> behaviours)
    {
        lock (_lock)
        {
            foreach (var behaviour in behaviours)
                _next.Add((applies, behaviour));
        }

        return this;
    }

    /// <summary>Sets what happens to requests for which nothing is queued; at first they are served.</summary>
    public ServerScript Otherwise(ServerBehaviour behaviour) => Otherwise(_ => behaviour);

    /// <inheritdoc cref="Otherwise(ServerBehaviour)"/>
    public ServerScript Otherwise(Func<ClickHouseRequest, ServerBehaviour> decide)
    {
        lock (_lock)
            _otherwise = decide;
        return this;
    }

    internal ServerBehaviour For(ClickHouseRequest request)
    {
        Func<ClickHouseRequest, ServerBehaviour> otherwise;
        lock (_lock)
        {
            for (var index = 0; index < _next.Count; index++)
            {
                var (applies, behaviour) = _next[index];
                if (!applies(request))
                    continue;
                _next.RemoveAt(index);
                return behaviour;
            }

            otherwise = _otherwise;
        }

        return otherwise(request);
    }
}
