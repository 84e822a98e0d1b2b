using Rotel.Otlp;

namespace Rotel.Kafka.Records;

/// <summary>How batches become records.</summary>
internal sealed record KafkaRecordEncoding
{
    /// <summary>How values are written.</summary>
    public KafkaFormat Format { get; init; }

    /// <summary>The most bytes of a record, before compression: value, key, headers, and what Kafka writes around them.</summary>
    public required int MaxMessageBytes { get; init; }

    /// <summary>The topic of each signal, by its number.</summary>
    public required IReadOnlyList<string> Topics { get; init; }

    /// <summary>The resource attribute whose value is the topic, where it is one; null for none.</summary>
    public string? TopicFromAttribute { get; init; }

    /// <summary>A record for each trace, with its id in hexadecimal digits as key.</summary>
    public bool PartitionsTracesById { get; init; }

    /// <summary>Signals with a record for each resource, with a hash of its attributes as key.</summary>
    public IReadOnlySet<OtlpSignal> PartitionedByResource { get; init; } = new HashSet<OtlpSignal>();
}
