using Rotel.Exporters.Http;
using Rotel.Otlp;

namespace Rotel.Exporters.Otlp;

/// <summary>Where and how one signal of an OTLP exporter is sent, with every value decided.</summary>
/// <param name="Signal">The signal.</param>
/// <param name="Url">The URL of a request.</param>
/// <param name="Protocol">What is spoken there.</param>
/// <param name="Headers">The user's headers.</param>
/// <param name="Compression">How requests are compressed.</param>
/// <param name="Encoding">How they are written.</param>
/// <param name="MaxRequestBytes">The most bytes of one before compression.</param>
/// <param name="MaxSentBytes">The most bytes of one as it is sent.</param>
internal sealed record OtlpDestination(
    OtlpSignal Signal,
    Uri Url,
    OtlpProtocol Protocol,
    KeyValuePair<string, string>[] Headers,
    OtlpCompression Compression,
    OtlpEncoding Encoding = OtlpEncoding.Proto,
    long MaxRequestBytes = long.MaxValue,
    long MaxSentBytes = long.MaxValue)
{
    /// <summary>The URL as logs show it.</summary>
    public string Name { get; } = PeerText.Show(Url);

    /// <summary>The destination of one signal; null when the options name none. The options are valid.</summary>
    public static OtlpDestination? Of(OtlpExporterOptions options, OtlpSignal signal)
    {
        var own = options.For(signal);
        if ((own.Endpoint ?? options.Endpoint) is not { } endpoint)
            return null;

        var protocol = own.Protocol ?? options.Protocol;
        var url = OtlpEndpoint.WithScheme(endpoint);
        if (protocol == OtlpProtocol.Grpc)
            url = OtlpEndpoint.GrpcUrl(url, signal);
        else if (own.Endpoint is null)
            url = OtlpEndpoint.HttpUrl(url, signal);
        var headers = own.Headers.Count > 0 ? own.Headers : options.Headers;
        return new OtlpDestination(
            signal,
            url,
            protocol,
            [.. headers],
            own.Compression ?? options.Compression,
            options.Encoding,
            own.MaxRequestBytes ?? options.MaxRequestBytes,
            own.MaxSentBytes);
    }
}
