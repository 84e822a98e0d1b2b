namespace Rotel.Exporters.Otlp;

/// <summary>How OTLP travels.</summary>
public enum OtlpProtocol
{
    /// <summary>OTLP over gRPC: HTTP/2, port 4317 by convention.</summary>
    Grpc,

    /// <summary>OTLP over HTTP with binary protobuf, port 4318 by convention.</summary>
    Http,
}
