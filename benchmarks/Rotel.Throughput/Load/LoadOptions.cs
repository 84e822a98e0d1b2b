using Rotel.Otlp;
using Rotel.Throughput.Children;

namespace Rotel.Throughput.Load;

/// <summary>What the load generator sends, and where.</summary>
/// <param name="Endpoint">The collector's listener, for example <c>http://127.0.0.1:4318</c>.</param>
/// <param name="Connections">Connections kept open; over HTTP each carries one request at a time.</param>
/// <param name="StreamsPerConnection">Requests in flight on one connection over gRPC.</param>
/// <param name="ItemsPerRequest">Spans, data points or log records in one body.</param>
/// <param name="Gzip">Whether the bodies are sent compressed; they are compressed once, before the load starts.</param>
/// <param name="Encoding">How telemetry is written in the bodies; Protobuf over gRPC.</param>
/// <param name="Tls">Where the authority of the collector's certificate is, or null.</param>
internal sealed record LoadOptions(
    Uri Endpoint,
    Transport Transport,
    OtlpSignal Signal,
    int Connections,
    int StreamsPerConnection,
    int ItemsPerRequest,
    bool Gzip,
    BodyEncoding Encoding,
    TlsFolder? Tls)
{
    public static LoadOptions From(Flags flags)
    {
        var endpoint = flags.Text("endpoint", "http://127.0.0.1:4318");
        var transport = OtlpRoutes.Transport(flags);
        return new LoadOptions(
            Uri.TryCreate(endpoint, UriKind.Absolute, out var uri) ? uri : throw new FlagException($"--endpoint '{endpoint}' is not a URL."),
            transport,
            OtlpRoutes.Signal(flags),
            flags.Count("connections", transport switch { Transport.Grpc => 2, Transport.Kafka => 16, _ => 4 }),
            transport == Transport.Grpc ? flags.Count("streams", 4) : 1,
            flags.Count("items", 100),
            flags.Switch("gzip"),
            transport == Transport.Grpc ? BodyEncoding.Protobuf : OtlpRoutes.Encoding(flags),
            TlsFolder.From(flags));
    }
}
