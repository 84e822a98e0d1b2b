using Rotel.Pipelines;

namespace Rotel.Receivers.Otlp;

/// <summary>How Rotel receives OTLP over gRPC and HTTP.</summary>
public sealed class OtlpReceiverOptions
{
    internal const int DefaultMaxRequestBodySize = 64 * 1024 * 1024;

    /// <summary>Gets or sets where OTLP/gRPC is received.</summary>
    /// <value>The default is <c>localhost:4317</c>: both loopback addresses. <c>null</c>, empty or <c>none</c> switches gRPC off.</value>
    /// <remarks>
    /// <c>host:port</c>, where the host is a name, an IPv4 address, an IPv6 address in brackets, or <c>*</c> for every address of the
    /// machine. Port 0 is any free port.
    /// </remarks>
    public string? GrpcEndpoint { get; set; } = "localhost:4317";

    /// <summary>Gets or sets where OTLP/HTTP is received.</summary>
    /// <value>The default is <c>localhost:4318</c>: both loopback addresses. <c>null</c>, empty or <c>none</c> switches HTTP off.</value>
    /// <inheritdoc cref="GrpcEndpoint" path="/remarks"/>
    public string? HttpEndpoint { get; set; } = "localhost:4318";

    /// <summary>Gets or sets the largest request taken, in bytes, as sent and also after decompression.</summary>
    /// <value>
    /// The default is 64 MiB, which the specification recommends (https://opentelemetry.io/docs/specs/otlp/#otlpgrpc-message-size-limit).
    /// </value>
    /// <remarks>It is never more than four fifths of the memory budget, for a larger body could not be held.</remarks>
    public int MaxRequestBodySize { get; set; } = DefaultMaxRequestBodySize;

    /// <summary>Gets or sets the largest gRPC message taken, in bytes, as sent and also after decompression.</summary>
    /// <value>The default is <c>null</c>: <see cref="MaxRequestBodySize"/>.</value>
    public int? MaxGrpcMessageSize { get; set; }

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
    /// Binary protobuf only; requests are passed on as they come, never merged or split
    /// (https://opentelemetry.io/docs/specs/otlp/#otlphttp-request).
    /// </remarks>
    public bool Profiles { get; set; }

    /// <summary>Gets or sets when a request is answered with success.</summary>
    /// <value>The default is <see cref="AcknowledgementMode.Accepted"/>.</value>
    public AcknowledgementMode Acknowledgement { get; set; } = AcknowledgementMode.Accepted;

    /// <summary>Gets or sets how long a sender without a deadline of its own waits with <see cref="AcknowledgementMode.Delivered"/>.</summary>
    /// <value>The default is 10 s, after which exporters give a request up by default.</value>
    public TimeSpan AcknowledgementTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Gets or sets how long a request waits for room in memory and queues before it is refused as retryable.</summary>
    /// <value>The default is 2 s; the sender's own deadline may be shorter.</value>
    public TimeSpan AdmissionTimeout { get; set; } = TimeSpan.FromSeconds(2);
}
