using System.Text;

namespace Rotel.Kafka.TestKit;

/// <summary>A record as it is in a topic.</summary>
/// <param name="Partition">Which partition; when producing, null leaves it to the client.</param>
/// <param name="Offset">Where in the partition; when producing, not looked at.</param>
/// <param name="Key">Its key; null and empty differ.</param>
/// <param name="Value">Its value; null is a tombstone.</param>
/// <param name="Headers">Its headers, in order, a name possibly more than once.</param>
/// <param name="Timestamp">When it was produced, by the clock of whoever did.</param>
public sealed record ProbeRecord(
    int? Partition,
    long Offset,
    byte[]? Key,
    byte[]? Value,
    IReadOnlyList<KeyValuePair<string, byte[]?>> Headers,
    DateTimeOffset Timestamp)
{
    /// <summary>A record to produce.</summary>
    public ProbeRecord(
        byte[]? value, byte[]? key = null, int? partition = null, params IReadOnlyList<KeyValuePair<string, byte[]?>> headers)
        : this(partition, -1, key, value, headers, default)
    {
    }

    /// <summary>A record of text to produce.</summary>
    public ProbeRecord(string value, string? key = null, int? partition = null)
        : this(Encoding.UTF8.GetBytes(value), key is null ? null : Encoding.UTF8.GetBytes(key), partition)
    {
    }

    /// <summary>The value as text.</summary>
    public string Text => Value is null ? string.Empty : Encoding.UTF8.GetString(Value);
}
