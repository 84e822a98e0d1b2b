using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Rotel.Receivers.Otlp;

/// <summary>Puts what connections may do into Kestrel's words.</summary>
internal static class ConnectionLimits
{
    public static void Apply(OtlpReceiverOptions receiver, KestrelServerLimits limits)
    {
        var options = receiver.Connections;
        limits.KeepAliveTimeout = options.KeepAliveTimeout;
        limits.RequestHeadersTimeout = options.RequestHeaderTimeout;
        limits.MinRequestBodyDataRate = options.MinBodyDataRate > 0
            ? new MinDataRate(options.MinBodyDataRate, options.MinBodyDataRateGracePeriod)
            : null;
        limits.MaxRequestHeadersTotalSize = options.MaxRequestHeadersSize;
        limits.MaxRequestHeaderCount = options.MaxRequestHeaderCount;
        limits.Http2.MaxStreamsPerConnection = receiver.MaxStreamsPerConnection;
        limits.Http2.KeepAlivePingDelay = options.Http2KeepAlivePingDelay ?? TimeSpan.MaxValue;
        limits.Http2.KeepAlivePingTimeout = options.Http2KeepAlivePingTimeout;

        // HTTP/2 counts decompressed headers; one of them may take all the room there is.
        limits.Http2.MaxRequestHeaderFieldSize = options.MaxRequestHeadersSize;
    }
}
