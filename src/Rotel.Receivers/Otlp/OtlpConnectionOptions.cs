namespace Rotel.Receivers.Otlp;

/// <summary>How long connections to the receiver may be idle or slow, and how large their headers may be. For gRPC and HTTP.</summary>
public sealed class OtlpConnectionOptions
{
    /// <summary>Gets or sets how long a connection without a request in flight is kept open.</summary>
    /// <value>The default is 130 s, so that exporters that send once a minute keep theirs.</value>
    public TimeSpan KeepAliveTimeout { get; set; } = TimeSpan.FromSeconds(130);

    /// <summary>Gets or sets how long a request's headers may take to arrive.</summary>
    /// <value>The default is 30 s.</value>
    public TimeSpan RequestHeaderTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets or sets how fast a body must arrive, in bytes per second, after <see cref="MinBodyDataRateGracePeriod"/>.</summary>
    /// <value>The default is 4096. Zero lets senders hold the memory of a body as long as they like.</value>
    /// <remarks>Only time during which the receiver waits for the sender counts.</remarks>
    public int MinBodyDataRate { get; set; } = 4096;

    /// <summary>Gets or sets how long a body may be slower than <see cref="MinBodyDataRate"/> at its start.</summary>
    /// <value>The default is 10 s; more than 1 s.</value>
    public TimeSpan MinBodyDataRateGracePeriod { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Gets or sets after how much silence an HTTP/2 connection is asked whether it is still there.</summary>
    /// <value>The default is <c>null</c>: never. At least 1 s.</value>
    public TimeSpan? Http2KeepAlivePingDelay { get; set; }

    /// <summary>Gets or sets how long the answer to such a question may take before the connection is closed.</summary>
    /// <value>The default is 20 s. At least 1 s.</value>
    public TimeSpan Http2KeepAlivePingTimeout { get; set; } = TimeSpan.FromSeconds(20);

    /// <summary>Gets or sets the most bytes of all headers of a request together.</summary>
    /// <value>The default is 32 KiB.</value>
    public int MaxRequestHeadersSize { get; set; } = 32 * 1024;

    /// <summary>Gets or sets the most headers of a request.</summary>
    /// <value>The default is 100.</value>
    public int MaxRequestHeaderCount { get; set; } = 100;
}
