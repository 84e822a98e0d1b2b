namespace Rotel.TestKit.Backends;

/// <summary>How a request reached an <see cref="OtlpBackend"/>.</summary>
public enum BackendProtocol
{
    /// <summary>OTLP over HTTP/1.1, binary protobuf.</summary>
    Http,

    /// <summary>OTLP over gRPC.</summary>
    Grpc,
}
