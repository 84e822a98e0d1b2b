using Rotel.Exporters.Datadog.Resources;

namespace Rotel.Exporters.Datadog.Stats;

/// <summary>The counts of one group in one bucket. Used under its shard's lock, and by the closer of the bucket after that.</summary>
/// <param name="key">Of <see cref="StatisticsKey"/>; this group's own copy.</param>
/// <param name="hash">Of the key.</param>
/// <param name="originLength">How much of the key tells hosts, environments and versions apart.</param>
/// <param name="source">Of the first span; gives the container's tags, which are the same for the whole origin.</param>
internal sealed class GroupStatistics(byte[] key, ulong hash, int originLength, DatadogResource source)
{
    /// <summary>What a group costs beside its key and its sketches' bins: three objects, two arrays and a place in the table.</summary>
    public const int FixedCharge = 328;

    private readonly LogarithmicSketch _ok = new();
    private readonly LogarithmicSketch _error = new();
    private double _hits;
    private double _topLevelHits;
    private double _errors;

    public ulong Hash => hash;

    public ReadOnlySpan<byte> Key => key;

    public ReadOnlySpan<byte> Origin => key.AsSpan(0, originLength);

    public DatadogResource Source => source;

    /// <summary>Spans that were counted, each once.</summary>
    public long Spans { get; private set; }

    /// <summary>Spans by their weights, as all counts here; exact where no span has one.</summary>
    public ulong Hits => Round(_hits);

    public ulong TopLevelHits => Round(_topLevelHits);

    public ulong Errors => Round(_errors);

    /// <summary>The sum in nanoseconds, which ends at the largest there is.</summary>
    public ulong Duration { get; private set; }

    /// <summary>Latencies of spans without error.</summary>
    public LogarithmicSketch Ok => _ok;

    /// <summary>Latencies of spans with error.</summary>
    public LogarithmicSketch Error => _error;

    /// <summary>The next group in the same place of the table.</summary>
    public GroupStatistics? Next { get; set; }

    /// <summary>Bytes reserved for it.</summary>
    public int Charge => FixedCharge + key.Length + _ok.Charge + _error.Charge;

    /// <summary>Counts a span; false, and nothing changed, when there is no memory for its latency.</summary>
    public bool TryCount(in SpanStatistics span, StatisticsMemory memory, bool isOverdraft)
    {
        if (!(span.IsError ? _error : _ok).TryAdd(span.DurationNano, memory, isOverdraft))
            return false;

        // Latencies are the agent's: each counts once, for a sampler keeps slow and fast spans alike.
        var weight = Math.Max(span.Weight, 1);
        var duration = (ulong)Math.Max(span.DurationNano, 0);
        Spans++;
        _hits += weight;
        if (span.IsTopLevel)
            _topLevelHits += weight;
        if (span.IsError)
            _errors += weight;
        var sum = Duration + (weight > 1 ? Round(duration * weight) : duration);
        Duration = sum < Duration ? ulong.MaxValue : sum;
        return true;
    }

    private static ulong Round(double count) => ulong.CreateSaturating(Math.Round(count));
}
