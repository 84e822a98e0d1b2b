using Rotel.Otlp;
using Rotel.Receivers.Otlp;
using Rotel.Settings;

namespace Rotel.Configuration;

/// <content>Paths, browsers, connections, and headers that are kept.</content>
internal static partial class ReceiverSettings
{
    public const string CorsAllowedOrigins = "otlp_http_cors_allowed_origins";
    public const string CorsAllowedHeaders = "otlp_http_cors_allowed_headers";
    public const string CorsExposedHeaders = "otlp_http_cors_exposed_headers";
    public const string CorsMaxAge = "otlp_http_cors_max_age";
    public const string KeepAliveTimeout = "otlp_keep_alive_timeout";
    public const string RequestHeaderTimeout = "otlp_request_header_timeout";
    public const string MinBodyDataRate = "otlp_min_body_data_rate";
    public const string MinBodyDataRateGracePeriod = "otlp_min_body_data_rate_grace_period";
    public const string Http2KeepAlivePingDelay = "otlp_http2_keep_alive_ping_delay";
    public const string Http2KeepAlivePingTimeout = "otlp_http2_keep_alive_ping_timeout";
    public const string MaxRequestHeadersSize = "otlp_max_request_headers_size";
    public const string MaxRequestHeaderCount = "otlp_max_request_header_count";
    public const string GrpcIncludeMetadata = "otlp_grpc_include_metadata";
    public const string GrpcHeadersToInclude = "otlp_grpc_headers_to_include";
    public const string HttpIncludeMetadata = "otlp_http_include_metadata";
    public const string HttpHeadersToInclude = "otlp_http_headers_to_include";

    /// <summary>The server looks at its connections once a second.</summary>
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(1);

    private static string PathOf(OtlpSignal signal) => $"otlp_receiver_{signal.Name()}_http_path";

    private static IEnumerable<Setting> Paths()
    {
        yield return Path(OtlpSignal.Traces, otlp => otlp.TracesHttpPath, (otlp, value) => otlp.TracesHttpPath = value);
        yield return Path(OtlpSignal.Metrics, otlp => otlp.MetricsHttpPath, (otlp, value) => otlp.MetricsHttpPath = value);
        yield return Path(OtlpSignal.Logs, otlp => otlp.LogsHttpPath, (otlp, value) => otlp.LogsHttpPath = value);
    }

    private static Setting<RotelOptions, string> Path(
        OtlpSignal signal, Func<OtlpReceiverOptions, string> get, Action<OtlpReceiverOptions, string> set) => new(
        PathOf(signal), SettingForms.Text, $"The path at which {signal.Name()} are received over HTTP.",
        options => get(options.Otlp), (options, value) => set(options.Otlp, value));

    private static IEnumerable<Setting> Cors()
    {
        yield return Names(
            CorsAllowedOrigins,
            "The origins whose pages may send from a browser, over HTTP: `https://app.example.com`, `https://*.example.com`, or `*`.",
            options => options.Otlp.Cors.AllowedOrigins,
            "none");
        yield return Names(
            CorsAllowedHeaders, "The request headers that such pages may set beside `content-type` and `content-encoding`; `*` is any.",
            options => options.Otlp.Cors.AllowedHeaders,
            "none");
        yield return Names(
            CorsExposedHeaders, "The headers of answers that such pages may read.", options => options.Otlp.Cors.ExposedHeaders, "none");
        yield return new Setting<RotelOptions, TimeSpan>(
            CorsMaxAge, SettingForms.Duration, "How long browsers may remember what a page may do.",
            options => options.Otlp.Cors.MaxAge, (options, value) => options.Otlp.Cors.MaxAge = value)
        {
            WhenUnset = "the browser's own",
        };
    }

    private static IEnumerable<Setting> Connections()
    {
        yield return new Setting<RotelOptions, TimeSpan>(
            KeepAliveTimeout, SettingForms.Duration, "How long a connection without a request is kept open.",
            options => options.Otlp.Connections.KeepAliveTimeout, (options, value) => options.Otlp.Connections.KeepAliveTimeout = value);
        yield return new Setting<RotelOptions, TimeSpan>(
            RequestHeaderTimeout, SettingForms.Duration, "How long the headers of a request may take to arrive.",
            options => options.Otlp.Connections.RequestHeaderTimeout,
            (options, value) => options.Otlp.Connections.RequestHeaderTimeout = value);
        yield return new Setting<RotelOptions, int>(
            MinBodyDataRate, SettingForms.Integer(), "How fast a body must arrive, in bytes per second; 0 for any speed.",
            options => options.Otlp.Connections.MinBodyDataRate, (options, value) => options.Otlp.Connections.MinBodyDataRate = value);
        yield return new Setting<RotelOptions, TimeSpan>(
            MinBodyDataRateGracePeriod, SettingForms.Duration, "How long a body may be slower than that at its start.",
            options => options.Otlp.Connections.MinBodyDataRateGracePeriod,
            (options, value) => options.Otlp.Connections.MinBodyDataRateGracePeriod = value);
        yield return new Setting<RotelOptions, TimeSpan>(
            Http2KeepAlivePingDelay, SettingForms.Duration,
            "After how much silence an HTTP/2 connection is asked whether it is still there.",
            options => options.Otlp.Connections.Http2KeepAlivePingDelay,
            (options, value) => options.Otlp.Connections.Http2KeepAlivePingDelay = value)
        {
            WhenUnset = "never",
        };
        yield return new Setting<RotelOptions, TimeSpan>(
            Http2KeepAlivePingTimeout, SettingForms.Duration, "How long the answer to that may take.",
            options => options.Otlp.Connections.Http2KeepAlivePingTimeout,
            (options, value) => options.Otlp.Connections.Http2KeepAlivePingTimeout = value);
        yield return new Setting<RotelOptions, long>(
            MaxRequestHeadersSize, SettingForms.ByteSizeBetween(1024, int.MaxValue), "The most bytes of all headers of a request.",
            options => (long)options.Otlp.Connections.MaxRequestHeadersSize,
            (options, value) => options.Otlp.Connections.MaxRequestHeadersSize = (int)value);
        yield return new Setting<RotelOptions, int>(
            MaxRequestHeaderCount, SettingForms.Integer(1), "The most headers of a request.",
            options => options.Otlp.Connections.MaxRequestHeaderCount,
            (options, value) => options.Otlp.Connections.MaxRequestHeaderCount = value);
    }

    private static IEnumerable<Setting> Metadata(
        string include, string headers, string protocol, Func<OtlpReceiverOptions, OtlpMetadataOptions> get)
    {
        yield return new Setting<RotelOptions, bool>(
            include, SettingForms.Boolean, $"Whether headers of {protocol} requests are kept with the telemetry.",
            options => get(options.Otlp).Include, (options, value) => get(options.Otlp).Include = value);
        yield return Names(headers, $"The names of the {protocol} headers to keep.", options => get(options.Otlp).Headers, "none");
    }

    private static Setting<RotelOptions, IReadOnlyList<string>> Names(
        string name, string summary, Func<RotelOptions, IList<string>> get, string whenUnset) =>
        new(
            name,
            SettingForms.List,
            summary,
            options => get(options) is { Count: > 0 } names ? names.ToArray() : null,
            (options, value) =>
            {
                get(options).Clear();
                foreach (var item in value)
                    get(options).Add(item);
            })
        {
            WhenUnset = whenUnset,
        };

    private static void ValidatePaths(OtlpReceiverOptions options, SettingErrors errors)
    {
        // The path of profiles is fixed, as long as it may change with its protocol.
        var taken = new Dictionary<string, OtlpSignal>(StringComparer.Ordinal) { [OtlpSignal.Profiles.HttpPath()] = OtlpSignal.Profiles };
        foreach (var signal in (ReadOnlySpan<OtlpSignal>)[OtlpSignal.Traces, OtlpSignal.Metrics, OtlpSignal.Logs])
        {
            var path = options.HttpPathOf(signal);
            if (path is not ['/', ..] || path.AsSpan().IndexOfAny("?# ") >= 0)
                errors.Add(PathOf(signal), "must start with a slash and hold no '?', '#' or space, such as /v1/traces");
            else if (!taken.TryAdd(path, signal))
                errors.Add(PathOf(signal), $"is also the path of {taken[path].Name()}; give each signal a path of its own");
        }
    }

    private static void ValidateCors(OtlpCorsOptions options, SettingErrors errors)
    {
        foreach (var origin in options.AllowedOrigins)
        {
            var text = origin.Trim();
            var isOrigin = text.Contains("://", StringComparison.Ordinal) && text.Count(character => character == '*') <= 1 && !text.EndsWith('/');
            if (text != "*" && !isOrigin)
            {
                errors.Add(
                    CorsAllowedOrigins, "expected origins such as https://app.example.com or https://*.example.com, without a path, or *");
                return;
            }
        }

        if (options.MaxAge < TimeSpan.Zero)
            errors.Add(CorsMaxAge, "must not be negative");
    }

    private static void ValidateConnections(OtlpConnectionOptions options, SettingErrors errors)
    {
        if (options.KeepAliveTimeout <= TimeSpan.Zero)
            errors.Add(KeepAliveTimeout, "must be longer than nothing; write a duration such as 130s");
        if (options.RequestHeaderTimeout <= TimeSpan.Zero)
            errors.Add(RequestHeaderTimeout, "must be longer than nothing; write a duration such as 30s");
        SharedExporterSettings.ValidateLength(options.RequestHeaderTimeout, RequestHeaderTimeout, errors);
        if (options.MinBodyDataRate < 0)
            errors.Add(MinBodyDataRate, "must not be negative; 0 lets bodies be as slow as they like");
        if (options.MinBodyDataRateGracePeriod <= Heartbeat)
            errors.Add(MinBodyDataRateGracePeriod, "must be longer than 1s, for no more often it is looked at");
        if (options.Http2KeepAlivePingDelay < Heartbeat)
            errors.Add(Http2KeepAlivePingDelay, "must be 1s or longer");
        if (options.Http2KeepAlivePingTimeout < Heartbeat)
            errors.Add(Http2KeepAlivePingTimeout, "must be 1s or longer");
        if (options.MaxRequestHeadersSize < 1024)
            errors.Add(MaxRequestHeadersSize, "must be 1KiB or more");
        if (options.MaxRequestHeaderCount < 1)
            errors.Add(MaxRequestHeaderCount, "must be 1 or more");
    }

    private static void ValidateMetadata(string headers, string include, OtlpMetadataOptions options, SettingErrors errors)
    {
        if (options.Include && options.Headers.Count == 0)
            errors.Add(headers, $"must name the headers to keep, for {include} is set");
        if (!options.Include && options.Headers.Count > 0)
            errors.Add(headers, $"has no effect without {include}; set that to true, or remove this");
    }
}
