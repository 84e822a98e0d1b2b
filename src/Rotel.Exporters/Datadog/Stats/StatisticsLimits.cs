namespace Rotel.Exporters.Datadog.Stats;

/// <summary>What keeps statistics small, whatever senders put into their spans.</summary>
internal sealed record StatisticsLimits
{
    /// <summary>
    /// Groups of one bucket, as in Datadog's tracers. A span of one more is counted as <see cref="StatisticsKey.Blocked"/>.
    /// </summary>
    public int MaxGroups { get; init; } = 7000;

    /// <summary>
    /// Groups of blocked values in one bucket, one for each host, environment and version; past it, one for all the rest.
    /// </summary>
    public int MaxBlockedGroups { get; init; } = 256;

    /// <summary>Bytes of all groups that are open: their keys and their sketches. A busy service's group is about 1.5 KB.</summary>
    public long MaxBytes { get; init; } = 32 * 1024 * 1024;

    /// <summary>Groups of one payload, as the agent sends them.</summary>
    public int MaxGroupsPerPayload { get; init; } = 4000;

    /// <summary>Uncompressed bytes of one payload; the intake takes about 3 MB.</summary>
    public int MaxPayloadBytes { get; init; } = 3_000_000;

    /// <summary>Payloads that wait for an intake that does not take them; the oldest makes room for a new one.</summary>
    public int MaxWaiting { get; init; } = 64;

    /// <summary>Compressed bytes of those.</summary>
    public long MaxWaitingBytes { get; init; } = 8 * 1024 * 1024;
}
