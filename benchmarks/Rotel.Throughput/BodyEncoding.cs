namespace Rotel.Throughput;

/// <summary>How telemetry is written in a body; gRPC knows only the first.</summary>
internal enum BodyEncoding
{
    Protobuf,
    Json,
}
