using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.Receivers.Security;

namespace Rotel.Receivers.Otlp;

/// <summary>How Rotel receives OTLP over gRPC and HTTP.</summary>
public sealed class OtlpReceiverOptions
{
    internal const UnixFileMode DefaultUnixSocketMode =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite;

    internal const int DefaultMaxRequestBodySize = 64 * 1024 * 1024;

    /// <summary>Gets or sets where OTLP/gRPC is received.</summary>
    /// <value>
    /// The default is <c>localhost:4317</c>: both loopback addresses. <c>null</c>, empty or <c>none</c> leaves gRPC without an endpoint of
    /// its own; gRPC requests that arrive at <see cref="HttpEndpoint"/> over HTTP/2 are served all the same.
    /// </value>
    /// <remarks>
    /// <c>host:port</c>, where the host is a name, an IPv4 address, an IPv6 address in brackets, or <c>*</c> for every address of the
    /// machine; port 0 is any free port. Or <c>unix:/path</c>, a socket of the file system.
    /// </remarks>
    public string? GrpcEndpoint { get; set; } = "localhost:4317";

    /// <summary>Gets or sets where OTLP/HTTP is received.</summary>
    /// <value>The default is <c>localhost:4318</c>: both loopback addresses. <c>null</c>, empty or <c>none</c> switches HTTP off.</value>
    /// <inheritdoc cref="GrpcEndpoint" path="/remarks"/>
    public string? HttpEndpoint { get; set; } = "localhost:4318";

    /// <summary>Gets the certificates that listeners show and ask for.</summary>
    /// <value>The default is none: no TLS.</value>
    public ListenerTlsOptions Tls { get; } = new();

    /// <summary>Gets the credentials that requests must carry.</summary>
    /// <value>The default is none.</value>
    public ListenerAuthenticationOptions Authentication { get; } = new();

    /// <summary>Gets or sets who may connect where an endpoint is a socket of the file system: whoever may write to it.</summary>
    /// <value>The default is 0660: the user and the group that Rotel runs as. Without meaning on Windows.</value>
    public UnixFileMode UnixSocketMode { get; set; } = DefaultUnixSocketMode;

    /// <summary>
    /// Gets or sets the most connections that are open at the same time, over both protocols; one more is closed at once.
    /// </summary>
    /// <value>The default is 4096.</value>
    public int MaxConnections { get; set; } = 4096;

    /// <summary>
    /// Gets or sets the most requests that are under way at the same time, over both protocols; one more gets a retryable refusal.
    /// </summary>
    /// <value>The default is 4096. Their bodies are bounded by the memory budget besides.</value>
    public int MaxConcurrentRequests { get; set; } = 4096;

    /// <summary>Gets or sets the most requests of one HTTP/2 connection that are under way; clients wait with more.</summary>
    /// <value>The default is 1000: few clients need so many, but a busy gateway in front would open more connections for less.</value>
    public int MaxStreamsPerConnection { get; set; } = 1000;

    /// <summary>Gets or sets the largest request taken, in bytes, as sent and also after decompression.</summary>
    /// <value>
    /// The default is 64 MiB, which the specification recommends (https://opentelemetry.io/docs/specs/otlp/#otlpgrpc-message-size-limit).
    /// </value>
    /// <remarks>It is never more than four fifths of the memory budget, for a larger body could not be held.</remarks>
    public int MaxRequestBodySize { get; set; } = DefaultMaxRequestBodySize;

    /// <summary>Gets or sets the largest gRPC message taken, in bytes, as sent and also after decompression.</summary>
    /// <value>The default is <c>null</c>: <see cref="MaxRequestBodySize"/>.</value>
    public int? MaxGrpcMessageSize { get; set; }

    /// <summary>
    /// Gets or sets the largest single item taken: a span, a log record, or a metric with its data points, in encoded bytes.
    /// </summary>
    /// <value>The default is <c>null</c>: no limit but that of the request.</value>
    /// <remarks>
    /// Larger items are left out of their request; the rest is accepted, and the answer says so
    /// (https://opentelemetry.io/docs/specs/otlp/#partial-success). Senders do not send them again.
    /// </remarks>
    public int? MaxItemBytes { get; set; }

    /// <summary>Gets or sets the path at which traces are received over HTTP.</summary>
    /// <value>The default is <c>/v1/traces</c>.</value>
    public string TracesHttpPath { get; set; } = OtlpSignal.Traces.HttpPath();

    /// <summary>Gets or sets the path at which metrics are received over HTTP.</summary>
    /// <value>The default is <c>/v1/metrics</c>.</value>
    public string MetricsHttpPath { get; set; } = OtlpSignal.Metrics.HttpPath();

    /// <summary>Gets or sets the path at which logs are received over HTTP.</summary>
    /// <value>The default is <c>/v1/logs</c>.</value>
    public string LogsHttpPath { get; set; } = OtlpSignal.Logs.HttpPath();

    /// <summary>Gets which pages of other origins may send from a browser, over HTTP.</summary>
    public OtlpCorsOptions Cors { get; } = new();

    /// <summary>Gets how long connections may be idle or slow, and how large their headers may be.</summary>
    public OtlpConnectionOptions Connections { get; } = new();

    /// <summary>Gets which headers of gRPC requests are kept with the telemetry.</summary>
    public OtlpMetadataOptions GrpcMetadata { get; } = new();

    /// <summary>Gets which headers of HTTP requests are kept with the telemetry.</summary>
    public OtlpMetadataOptions HttpMetadata { get; } = new();

    /// <summary>Gets or sets whether traces are received.</summary>
    /// <value>The default is <see langword="true"/>.</value>
    public bool Traces { get; set; } = true;

    /// <summary>Gets or sets whether metrics are received.</summary>
    /// <value>The default is <see langword="true"/>.</value>
    public bool Metrics { get; set; } = true;

    /// <summary>Gets or sets whether logs are received.</summary>
    /// <value>The default is <see langword="true"/>.</value>
    public bool Logs { get; set; } = true;

    /// <summary>Gets or sets whether profiles are received, a signal whose protocol is still in development and may change.</summary>
    /// <value>The default is <see langword="false"/>.</value>
    /// <remarks>
    /// Requests are passed on as they come, in binary form, never merged or split
    /// (https://opentelemetry.io/docs/specs/otlp/#otlphttp-request).
    /// </remarks>
    public bool Profiles { get; set; }

    /// <summary>Gets or sets when a request is answered with success.</summary>
    /// <value>The default is <see cref="AcknowledgementMode.Accepted"/>.</value>
    public AcknowledgementMode Acknowledgement { get; set; } = AcknowledgementMode.Accepted;

    /// <summary>
    /// Gets or sets how long a sender without a deadline of its own waits with <see cref="AcknowledgementMode.Delivered"/>.
    /// </summary>
    /// <value>The default is 10 s, after which exporters give a request up by default.</value>
    public TimeSpan AcknowledgementTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Gets or sets how long a request waits for room in memory and queues before it is refused as retryable.</summary>
    /// <value>The default is 2 s; the sender's own deadline may be shorter.</value>
    public TimeSpan AdmissionTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Whether a signal is received.</summary>
    internal bool Receives(OtlpSignal signal) => signal switch
    {
        OtlpSignal.Traces => Traces,
        OtlpSignal.Metrics => Metrics,
        OtlpSignal.Logs => Logs,
        _ => Profiles,
    };

    /// <summary>The path of a signal over HTTP.</summary>
    internal string HttpPathOf(OtlpSignal signal) => signal switch
    {
        OtlpSignal.Traces => TracesHttpPath,
        OtlpSignal.Metrics => MetricsHttpPath,
        OtlpSignal.Logs => LogsHttpPath,
        _ => signal.HttpPath(),
    };
}
