using Rotel.Otlp;

namespace Rotel.TestKit.Backends;

/// <summary>What a backend has seen and kept. Outlives stops and restarts. Safe for concurrent use.</summary>
internal sealed class BackendRecord
{
    private readonly Lock _lock = new();
    private readonly List<BackendRequest> _requests = [];
    private readonly Dictionary<OtlpSignal, Dictionary<string, int>> _kept = [];
    private readonly Dictionary<OtlpSignal, long> _keptItems = [];

    public ChangeSignal Changes { get; } = new();

    public bool KeepsRequests { get; set; } = true;

    public bool KeepsItems { get; set; } = true;

    public IReadOnlyList<BackendRequest> Requests
    {
        get
        {
            lock (_lock)
                return [.. _requests];
        }
    }

    public void Received(BackendRequest request)
    {
        if (KeepsRequests)
        {
            lock (_lock)
                _requests.Add(request);
        }

        Changes.Pulse();
    }

    public void Kept(BackendRequest request, long rejectedItems)
    {
        lock (_lock)
        {
            if (!_kept.TryGetValue(request.Signal, out var keys))
                _kept.Add(request.Signal, keys = []);
            foreach (var key in KeepsItems ? request.ItemKeys : [])
                keys[key] = keys.GetValueOrDefault(key) + 1;
            _keptItems[request.Signal] = _keptItems.GetValueOrDefault(request.Signal) + request.ItemCount - rejectedItems;
        }

        Changes.Pulse();
    }

    public long ItemCount(OtlpSignal signal)
    {
        lock (_lock)
            return _keptItems.GetValueOrDefault(signal);
    }

    public IReadOnlyDictionary<string, int> Items(OtlpSignal signal)
    {
        lock (_lock)
            return _kept.TryGetValue(signal, out var keys) ? new Dictionary<string, int>(keys) : [];
    }
}
