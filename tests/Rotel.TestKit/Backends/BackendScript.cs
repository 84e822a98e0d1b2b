using System.Collections.Concurrent;

namespace Rotel.TestKit.Backends;

/// <summary>Decides what a backend does with each request, in the order they arrive. Safe for concurrent use.</summary>
public sealed class BackendScript
{
    private readonly ConcurrentQueue<BackendBehaviour> _next = new();
    private volatile Func<BackendRequest, BackendBehaviour> _otherwise = _ => BackendBehaviour.Accept;

    /// <summary>How many queued behaviours are still to come.</summary>
    public int Remaining => _next.Count;

    /// <summary>Queues behaviours, one for each of the next requests.</summary>
    public BackendScript Then(params ReadOnlySpan<BackendBehaviour> behaviours)
    {
        foreach (var behaviour in behaviours)
            _next.Enqueue(behaviour);
        return this;
    }

    /// <summary>Sets what happens to requests for which nothing is queued; at first they are accepted.</summary>
    public BackendScript Otherwise(BackendBehaviour behaviour) => Otherwise(_ => behaviour);

    /// <inheritdoc cref="Otherwise(BackendBehaviour)"/>
    public BackendScript Otherwise(Func<BackendRequest, BackendBehaviour> decide)
    {
        _otherwise = decide;
        return this;
    }

    /// <summary>Forgets what is queued.</summary>
    public void Clear() => _next.Clear();

    internal BackendBehaviour For(BackendRequest request) => _next.TryDequeue(out var behaviour) ? behaviour : _otherwise(request);
}
