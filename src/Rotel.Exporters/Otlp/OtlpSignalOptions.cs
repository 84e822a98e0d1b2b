using Rotel.Exporters.Http;

namespace Rotel.Exporters.Otlp;

/// <summary>What one signal does differently from its OTLP exporter. Unset values are the exporter's.</summary>
public sealed class OtlpSignalOptions
{
    /// <summary>Gets or sets where this signal goes.</summary>
    /// <value>Unset, to the exporter's endpoint.</value>
    /// <remarks>Over HTTP it is used as it is: no <c>/v1/traces</c> is appended, unlike with the exporter's endpoint.</remarks>
    public Uri? Endpoint { get; set; }

    /// <summary>Gets or sets the protocol.</summary>
    public OtlpProtocol? Protocol { get; set; }

    /// <summary>Gets the headers of this signal's requests.</summary>
    /// <remarks>When there are any, they are sent in place of the exporter's headers, none of which then leave with this signal.</remarks>
    public IDictionary<string, string> Headers { get; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Gets or sets the compression.</summary>
    public OtlpCompression? Compression { get; set; }

    /// <summary>Gets or sets the longest one attempt may take.</summary>
    public TimeSpan? RequestTimeout { get; set; }

    /// <summary>Gets TLS towards the backend of this signal.</summary>
    /// <remarks>When anything of it is set, it is used in place of the exporter's, none of which then counts for this signal.</remarks>
    public ClientTlsOptions Tls { get; } = new();

    /// <summary>The most bytes of one request before compression, in place of the exporter's; for backends that are known.</summary>
    internal long? MaxRequestBytes { get; init; }

    /// <summary>The most bytes of one request as it is sent; for backends that are known.</summary>
    internal long MaxSentBytes { get; init; } = long.MaxValue;
}
