namespace Rotel.Exporters.Otlp;

/// <summary>How OTLP over HTTP is written.</summary>
public enum OtlpEncoding
{
    /// <summary>Binary protobuf (<c>application/x-protobuf</c>): what arrived is sent on as it is.</summary>
    Proto,

    /// <summary>JSON (<c>application/json</c>), for backends that take nothing else: several times the CPU time and size.</summary>
    Json,
}
