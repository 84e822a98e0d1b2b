using Rotel.Delivery;
using Rotel.Exporters.Authentication;
using Rotel.Exporters.Http;
using Rotel.Otlp;

namespace Rotel.Exporters.Otlp;

/// <summary>Sends telemetry to any OTLP backend: the OpenTelemetry Collector, another Rotel, most vendors.</summary>
public sealed class OtlpExporterOptions : ExporterOptions
{
    /// <summary>Gets or sets the backend's URL.</summary>
    /// <value>There is no default. Without a scheme, as in <c>localhost:4317</c>, it is <c>http://</c>.</value>
    /// <remarks>
    /// Over gRPC only scheme, host and port count; the path is the method's. Over HTTP <c>/v1/traces</c>, <c>/v1/metrics</c> or
    /// <c>/v1/logs</c> is appended to its path.
    /// </remarks>
    public Uri? Endpoint { get; set; }

    /// <summary>Gets or sets the protocol.</summary>
    /// <value>The default is <see cref="OtlpProtocol.Grpc"/>, as in Rotel.</value>
    public OtlpProtocol Protocol { get; set; } = OtlpProtocol.Grpc;

    /// <summary>Gets the headers (over gRPC: the metadata) of every request, such as an API key. Their values are never logged.</summary>
    /// <remarks>They win over headers of Rotel's own, except those that describe the body.</remarks>
    public IDictionary<string, string> Headers { get; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Gets the names of headers that are sent on with the telemetry they came with.</summary>
    /// <value>The default is none.</value>
    /// <remarks>
    /// The receiver must keep them (<c>otlp_http_headers_to_include</c>, <c>otlp_grpc_headers_to_include</c>). They win over
    /// <see cref="Headers"/>. Requests that differ in them are not batched together, so that many different values make many small batches.
    /// </remarks>
    public IList<string> HeadersFromMetadata { get; } = [];

    /// <summary>Gets or sets the compression.</summary>
    /// <value>The default is <see cref="OtlpCompression.Gzip"/>, as in Rotel and in the OpenTelemetry Collector.</value>
    public OtlpCompression Compression { get; set; } = OtlpCompression.Gzip;

    /// <summary>Gets or sets how telemetry is written over HTTP; over gRPC it is always protobuf.</summary>
    /// <value>The default is <see cref="OtlpEncoding.Proto"/>.</value>
    public OtlpEncoding Encoding { get; set; } = OtlpEncoding.Proto;

    /// <summary>Gets or sets the most bytes of one request, before compression. A larger batch is split; a larger item is dropped.</summary>
    /// <value>The default is 64 MiB, as the OTLP specification recommends.</value>
    public long MaxRequestBytes { get; set; } = 64 * 1024 * 1024;

    /// <summary>Gets how requests are authenticated.</summary>
    public AuthenticationOptions Authentication { get; } = new();

    /// <summary>Gets TLS towards the backend.</summary>
    public ClientTlsOptions Tls { get; internal init; } = new();

    /// <summary>Gets how the backend is connected to.</summary>
    public HttpConnectionOptions Connection { get; internal init; } = new();

    /// <summary>Gets what traces do differently.</summary>
    public OtlpSignalOptions Traces { get; internal init; } = new();

    /// <summary>Gets what metrics do differently.</summary>
    public OtlpSignalOptions Metrics { get; internal init; } = new();

    /// <summary>Gets what logs do differently.</summary>
    public OtlpSignalOptions Logs { get; internal init; } = new();

    /// <summary>Gets what profiles do differently.</summary>
    public OtlpSignalOptions Profiles { get; } = new();

    internal OtlpSignalOptions For(OtlpSignal signal) => signal switch
    {
        OtlpSignal.Traces => Traces,
        OtlpSignal.Metrics => Metrics,
        OtlpSignal.Logs => Logs,
        _ => Profiles,
    };

    internal override IReadOnlyList<string> MetadataKeys =>
        [.. HeadersFromMetadata.Select(name => name.Trim().ToLowerInvariant()).Distinct(StringComparer.Ordinal)];

    internal override TimeSpan RequestTimeoutFor(OtlpSignal signal) => For(signal).RequestTimeout ?? RequestTimeout;
}
