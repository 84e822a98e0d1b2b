using Rotel.Settings;

namespace Rotel.Exporters.Http;

/// <summary>The rows and checks of connections, for every type of exporter that speaks HTTP.</summary>
internal static class ConnectionSettings
{
    public const string ProxyUrl = "proxy_url";
    public const string ConnectTimeout = "connect_timeout";
    public const string PoolIdleTimeout = "pool_idle_timeout";
    public const string PoolMaxIdlePerHost = "pool_max_idle_per_host";
    public const string MaxConnectionAge = "max_connection_age";
    public const string KeepAlivePingInterval = "keep_alive_ping_interval";
    public const string KeepAlivePingTimeout = "keep_alive_ping_timeout";

    /// <summary>What the runtime allows.</summary>
    private static readonly TimeSpan LeastPing = TimeSpan.FromSeconds(1);

    /// <param name="of">The options within those of the exporter.</param>
    public static IEnumerable<Setting> Rows<TOptions>(Func<TOptions, HttpConnectionOptions> of)
        where TOptions : class
    {
        yield return new Setting<TOptions, Uri>(
            ProxyUrl, ProxyUrlForm.Instance, "The proxy to connect through; it may hold user name and password.",
            options => of(options).ProxyUrl, (options, value) => of(options).ProxyUrl = value)
        {
            IsSecret = true,
            WhenUnset = "`HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY`, `NO_PROXY`",
        };
        yield return new Setting<TOptions, TimeSpan>(
            ConnectTimeout, SettingForms.Duration, "How long establishing a connection may take, TLS included.",
            options => of(options).ConnectTimeout, (options, value) => of(options).ConnectTimeout = value);
        yield return new Setting<TOptions, TimeSpan>(
            PoolIdleTimeout, SettingForms.Duration, "How long a connection stays open while nothing is sent.",
            options => of(options).PoolIdleTimeout, (options, value) => of(options).PoolIdleTimeout = value);
        yield return new Setting<TOptions, int>(
            PoolMaxIdlePerHost, SettingForms.Integer(1), "The most HTTP/1.1 connections to one host, idle and in use together.",
            options => of(options).PoolMaxIdlePerHost, (options, value) => of(options).PoolMaxIdlePerHost = value);
        yield return new Setting<TOptions, TimeSpan>(
            MaxConnectionAge, SettingForms.Duration, "The age at which a connection is replaced by a new one; 0s means never.",
            options => of(options).MaxConnectionAge, (options, value) => of(options).MaxConnectionAge = value);
        yield return new Setting<TOptions, TimeSpan>(
            KeepAlivePingInterval, SettingForms.Duration, "After how long without an answer an HTTP/2 connection in use is pinged.",
            options => of(options).KeepAlivePingInterval, (options, value) => of(options).KeepAlivePingInterval = value)
        {
            WhenUnset = "never",
        };
        yield return new Setting<TOptions, TimeSpan>(
            KeepAlivePingTimeout, SettingForms.Duration, "How long the answer to a ping may take.",
            options => of(options).KeepAlivePingTimeout, (options, value) => of(options).KeepAlivePingTimeout = value);
    }

    public static void Validate(HttpConnectionOptions options, SettingErrors errors)
    {
        if (options.ProxyUrl is { } proxy && ProxyUrlForm.Problem(proxy) is { } problem)
            errors.Add(ProxyUrl, problem);
        if (options.ConnectTimeout <= TimeSpan.Zero)
            errors.Add(ConnectTimeout, "must be longer than nothing; write a duration such as 4s");
        if (options.PoolIdleTimeout < TimeSpan.Zero)
            errors.Add(PoolIdleTimeout, "must not be negative; 0s closes an idle connection within a second");
        if (options.PoolMaxIdlePerHost < 1)
            errors.Add(PoolMaxIdlePerHost, "must be 1 or more");
        if (options.MaxConnectionAge < TimeSpan.Zero)
            errors.Add(MaxConnectionAge, "must not be negative; 0s means that a connection has no greatest age");
        if (options.KeepAlivePingInterval < LeastPing)
            errors.Add(KeepAlivePingInterval, "must be 1s or more; leave it out for no pings");
        if (options.KeepAlivePingTimeout < LeastPing)
            errors.Add(KeepAlivePingTimeout, "must be 1s or more");
        SharedExporterSettings.ValidateLength(options.ConnectTimeout, ConnectTimeout, errors);
        SharedExporterSettings.ValidateLength(options.PoolIdleTimeout, PoolIdleTimeout, errors);
        SharedExporterSettings.ValidateLength(options.KeepAlivePingInterval, KeepAlivePingInterval, errors);
        SharedExporterSettings.ValidateLength(options.KeepAlivePingTimeout, KeepAlivePingTimeout, errors);
    }
}
