namespace Rotel.Kafka;

/// <summary>How the value of a record is written.</summary>
public enum KafkaFormat
{
    /// <summary>OTLP as protobuf: an <c>Export…ServiceRequest</c>.</summary>
    Protobuf,

    /// <summary>OTLP as JSON, of the same shape.</summary>
    Json,
}
