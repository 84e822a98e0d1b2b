namespace Rotel.Exporters.Otlp;

/// <summary>How requests are compressed.</summary>
public enum OtlpCompression
{
    /// <summary>Not at all: least CPU time, about ten times the bytes on the network and in a waiting queue.</summary>
    None,

    /// <summary>gzip at its fastest level; every OTLP backend takes it.</summary>
    Gzip,

    /// <summary>Zstandard at level 1: faster and smaller than gzip where the backend takes it, as the OpenTelemetry Collector does.</summary>
    Zstd,
}
