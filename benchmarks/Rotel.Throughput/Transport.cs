namespace Rotel.Throughput;

/// <summary>The ways in and out that are measured.</summary>
internal enum Transport
{
    /// <summary>Protobuf bodies over HTTP/1.1.</summary>
    Http,

    /// <summary>gRPC over cleartext HTTP/2.</summary>
    Grpc,

    /// <summary>Records of a Kafka topic.</summary>
    Kafka,
}
