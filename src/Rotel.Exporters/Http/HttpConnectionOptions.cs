namespace Rotel.Exporters.Http;

/// <summary>How an exporter's destinations are connected to.</summary>
public sealed class HttpConnectionOptions
{
    /// <summary>Gets or sets the proxy: <c>http://</c>, <c>https://</c>, <c>socks4://</c>, <c>socks4a://</c> or <c>socks5://</c>.</summary>
    /// <value>
    /// Unset, what <c>HTTP_PROXY</c>, <c>HTTPS_PROXY</c>, <c>ALL_PROXY</c> and <c>NO_PROXY</c> say, or the system's settings. gRPC without
    /// TLS takes no proxy from there, for none forwards it.
    /// </value>
    /// <remarks>User name and password in it are for the proxy, and never shown.</remarks>
    public Uri? ProxyUrl { get; set; }

    /// <summary>Gets or sets how long establishing a connection may take, TLS included.</summary>
    /// <value>The default is 4 s: below the usual time of an attempt, so that a host which swallows packets is told from a slow one.</value>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(4);

    /// <summary>Gets or sets how long a connection stays open while nothing is sent.</summary>
    /// <value>The default is 30 s, as in Rotel.</value>
    public TimeSpan PoolIdleTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets or sets the most connections to one host over HTTP/1.1, idle and in use together.</summary>
    /// <value>The default is 100. HTTP/2 opens a second connection only when a first one is full.</value>
    /// <remarks>In Rotel it bounds idle connections alone; .NET has one bound for both.</remarks>
    public int PoolMaxIdlePerHost { get; set; } = 100;

    /// <summary>Gets or sets the age at which a connection is replaced by a new one.</summary>
    /// <value>The default is 2 minutes. Zero means never.</value>
    /// <remarks>It bounds how long an address that DNS no longer gives, or a backend that lost its load balancer's favour, is used.</remarks>
    public TimeSpan MaxConnectionAge { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>Gets or sets after how long without an answer an HTTP/2 connection in use is asked whether it still lives.</summary>
    /// <value>Unset: never. It costs a timer.</value>
    public TimeSpan? KeepAlivePingInterval { get; set; }

    /// <summary>Gets or sets how long the answer to such a ping may take before the connection is given up.</summary>
    /// <value>The default is 10 s.</value>
    public TimeSpan KeepAlivePingTimeout { get; set; } = TimeSpan.FromSeconds(10);
}
