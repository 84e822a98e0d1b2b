using System.Text.Json.Serialization;
using Rotel.Otlp;

namespace Rotel.Operation;

/// <summary>
/// What one exporter does with one signal. At rest, accepted = sent + dropped + what its queue holds, in memory and on disk + what was kept.
/// </summary>
public sealed class ExporterSignalStatus
{
    internal ExporterSignalStatus()
    {
    }

    /// <summary>Gets the signal.</summary>
    public OtlpSignal Signal { get; internal init; }

    /// <summary>Gets the items waiting and in flight.</summary>
    public long QueueItems { get; internal init; }

    /// <summary>Gets the bytes that these take.</summary>
    public long QueueBytes { get; internal init; }

    /// <summary>Gets the bytes that they may take.</summary>
    public long QueueLimitBytes { get; internal init; }

    /// <summary>Gets how long the oldest of them has been here; nothing where there is none. In JSON, seconds.</summary>
    [JsonPropertyName("oldest_age_seconds")]
    [JsonConverter(typeof(SecondsConverter))]
    public TimeSpan OldestAge { get; internal init; }

    /// <summary>Gets the items accepted since the start that are on disk and not in memory.</summary>
    public long DiskItems { get; internal init; }

    /// <summary>Gets the bytes on disk that are still to be delivered, those of earlier runs included.</summary>
    public long DiskBytes { get; internal init; }

    /// <summary>Gets the items accepted for it, those included that were then dropped.</summary>
    public long Accepted { get; internal init; }

    /// <summary>Gets the items that the destination took.</summary>
    public long Sent { get; internal init; }

    /// <summary>Gets the items lost, by reason; reasons that did not occur are left out.</summary>
    public IReadOnlyDictionary<string, long> Dropped { get; internal init; } = new Dictionary<string, long>();

    /// <summary>Gets the items that the stop left on disk; the next start counts them as accepted again.</summary>
    public long Kept { get; internal init; }

    /// <summary>Gets the attempts that did not deliver, repeated or not.</summary>
    public long FailedAttempts { get; internal init; }

    /// <summary>Gets when the destination last took something, in UTC; null while it never has.</summary>
    public DateTimeOffset? LastSuccess { get; internal init; }

    /// <summary>Gets what went wrong last; null while nothing has.</summary>
    public ExporterFailure? LastError { get; internal init; }

    /// <summary>Gets when items were last lost, in UTC; null while none were.</summary>
    public DateTimeOffset? LastLoss { get; internal init; }
}
