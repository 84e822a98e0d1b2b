using Rotel.Destinations;
using Rotel.Exporters.Authentication;
using Rotel.Exporters.Http;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.Settings;

namespace Rotel.Exporters.Otlp;

/// <summary>The exporter <c>otlp</c>.</summary>
internal sealed class OtlpExporterType : ExporterType<OtlpExporterOptions>
{
    private const string Endpoint = "endpoint";
    private const string Protocol = "protocol";
    private const string Headers = "custom_headers";
    public const string HeadersFromMetadata = "headers_from_metadata";
    private const string Compression = "compression";
    private const string Encoding = "encoding";
    private const string MaxRequestBytes = "max_request_bytes";

    public override string Name => "otlp";

    public override IReadOnlyList<Setting> Settings => field ??=
    [
        new Setting<OtlpExporterOptions, Uri>(
            Endpoint, SettingForms.Endpoint, "The backend's URL. Over HTTP /v1/traces, /v1/metrics or /v1/logs is appended to it.",
            options => options.Endpoint, (options, value) => options.Endpoint = value),
        new Setting<OtlpExporterOptions, OtlpProtocol>(
            Protocol, SettingForms.OneOf<OtlpProtocol>(), "OTLP over gRPC or over HTTP.",
            options => options.Protocol, (options, value) => options.Protocol = value),
        new Setting<OtlpExporterOptions, IReadOnlyList<KeyValuePair<string, string>>>(
            Headers, SettingForms.Pairs, "Headers of every request, such as an API key.",
            options => Show(options.Headers), (options, value) => Set(options.Headers, value))
        {
            Aliases = ["headers"],
            IsSecret = true,
        },
        new Setting<OtlpExporterOptions, IReadOnlyList<string>>(
            HeadersFromMetadata, SettingForms.List,
            "The names of kept request headers that are sent on; requests that differ in them share no batch.",
            options => options.HeadersFromMetadata is { Count: > 0 } names ? names.ToArray() : null,
            (options, value) =>
            {
                options.HeadersFromMetadata.Clear();
                foreach (var name in value)
                    options.HeadersFromMetadata.Add(name);
            })
        {
            WhenUnset = "none",
        },
        new Setting<OtlpExporterOptions, OtlpCompression>(
            Compression, SettingForms.OneOf<OtlpCompression>(), "How requests are compressed.",
            options => options.Compression, (options, value) => options.Compression = value),
        new Setting<OtlpExporterOptions, OtlpEncoding>(
            Encoding, SettingForms.OneOf<OtlpEncoding>(), "How telemetry is written over HTTP.",
            options => options.Encoding, (options, value) => options.Encoding = value),
        new Setting<OtlpExporterOptions, long>(
            MaxRequestBytes, SettingForms.ByteSize, "The most bytes of one request before compression; a single item over it is dropped.",
            options => options.MaxRequestBytes, (options, value) => options.MaxRequestBytes = value),
        .. AuthenticationSettings.Rows<OtlpExporterOptions>(options => options.Authentication),
        .. ClientTlsSettings.Rows<OtlpExporterOptions>("", "", options => options.Tls),
        .. ConnectionSettings.Rows<OtlpExporterOptions>(options => options.Connection),
        .. Rows(OtlpSignal.Traces),
        .. Rows(OtlpSignal.Metrics),
        .. Rows(OtlpSignal.Logs),
        .. Rows(OtlpSignal.Profiles),
    ];

    public override bool Takes(OtlpSignal signal) => true;

    protected override void Validate(OtlpExporterOptions options, IReadOnlyCollection<OtlpSignal> signals, SettingErrors errors)
    {
        ValidateEndpoints(options, signals, errors);
        if (!Enum.IsDefined(options.Protocol))
            errors.Add(Protocol, $"expected {SettingForms.OneOf<OtlpProtocol>().Description}");
        if (!Enum.IsDefined(options.Compression))
            errors.Add(Compression, $"expected {SettingForms.OneOf<OtlpCompression>().Description}");
        RequestHeaders.Validate(options.Headers, Headers, errors);
        RequestHeaders.Validate(options.MetadataKeys.ToDictionary(name => name, _ => ""), HeadersFromMetadata, errors);
        ValidateEncoding(options, signals, errors);
        if (options.MaxRequestBytes < 1)
            errors.Add(MaxRequestBytes, "must be 1 or more; write a size such as 64MiB");
        ConnectionSettings.Validate(options.Connection, errors);
        ClientTlsSettings.Validate(options.Tls, "", options.Connection, errors);
        ValidateTlsIsUsed(options, signals, errors);
        AuthenticationValidation.Validate(
            options.Authentication,
            OtlpSignals.All.ToArray().Select(signal => (Prefix(signal) + Headers, options.For(signal).Headers.Keys.AsEnumerable()))
                .Prepend((HeadersFromMetadata, options.MetadataKeys))
                .Prepend((Headers, options.Headers.Keys)),
            signals.Select(signal => UrlOf(options, signal)).OfType<Uri>(),
            errors);

        foreach (var signal in OtlpSignals.All)
        {
            var own = options.For(signal);
            var prefix = Prefix(signal);
            if (own.Protocol is { } protocol && !Enum.IsDefined(protocol))
                errors.Add(prefix + Protocol, $"expected {SettingForms.OneOf<OtlpProtocol>().Description}");
            if (own.Compression is { } compression && !Enum.IsDefined(compression))
                errors.Add(prefix + Compression, $"expected {SettingForms.OneOf<OtlpCompression>().Description}");
            if (own.RequestTimeout <= TimeSpan.Zero)
                errors.Add(prefix + SharedExporterSettings.RequestTimeout, "must be longer than nothing; write a duration such as 5s");
            SharedExporterSettings.ValidateLength(own.RequestTimeout, prefix + SharedExporterSettings.RequestTimeout, errors);
            RequestHeaders.Validate(own.Headers, prefix + Headers, errors);
            if (!own.Tls.IsDefault)
                ClientTlsSettings.Validate(own.Tls, prefix, options.Connection, errors);
        }
    }

    protected override IExporter Create(OtlpExporterOptions options, ExporterContext context) => new OtlpExporter(options, context);

    protected override IReadOnlyList<ExporterDestination> DestinationsOf(
        OtlpExporterOptions options, IReadOnlyCollection<OtlpSignal> signals, ExporterContext context) =>
        OtlpDestinations.Of(options, signals, context);

    /// <summary>Also the errors of what gRPC cannot do.</summary>
    private static void ValidateEncoding(OtlpExporterOptions options, IReadOnlyCollection<OtlpSignal> signals, SettingErrors errors)
    {
        if (!Enum.IsDefined(options.Encoding))
            errors.Add(Encoding, $"expected {SettingForms.OneOf<OtlpEncoding>().Description}");
        var overGrpc = signals.Where(signal => (options.For(signal).Protocol ?? options.Protocol) == OtlpProtocol.Grpc).ToArray();
        if (options.Encoding == OtlpEncoding.Json && overGrpc.Length > 0)
        {
            errors.Add(
                Encoding,
                $"json is for OTLP over HTTP, but {overGrpc[0].Name()} go over gRPC, which knows only protobuf; set '{Protocol}' to http");
        }

        if (options.Encoding == OtlpEncoding.Json && signals.Any(signal => !signal.IsMergeable()))
            errors.Add(Encoding, "json cannot be used for profiles; send them to another exporter");
        if (options.Connection.ProxyUrl is not null && overGrpc.Any(signal => UrlOf(options, signal) is { Scheme: "http" }))
        {
            errors.Add(
                ConnectionSettings.ProxyUrl,
                $"cannot be used for gRPC without TLS, which no proxy forwards; set '{Protocol}' to http, or an https:// endpoint");
        }
    }

    /// <summary>
    /// Who sets up TLS believes that nobody can read along; with <c>http://</c> or no scheme that would quietly be untrue.
    /// </summary>
    private static void ValidateTlsIsUsed(OtlpExporterOptions options, IReadOnlyCollection<OtlpSignal> signals, SettingErrors errors)
    {
        foreach (var group in signals.GroupBy(signal => options.For(signal).Tls.IsDefault ? options.Tls : options.For(signal).Tls))
        {
            var prefix = group.Key == options.Tls ? "" : Prefix(group.First());
            if (ClientTlsSettings.FirstSet(group.Key) is { } setting && group.All(signal => UrlOf(options, signal) is { Scheme: "http" }))
                errors.Add(prefix + setting, "has no effect: the endpoint is without TLS; begin it with https://, or remove this");
        }
    }

    private static void ValidateEndpoints(OtlpExporterOptions options, IReadOnlyCollection<OtlpSignal> signals, SettingErrors errors)
    {
        if (options.Endpoint is { } shared && OtlpEndpoint.Problem(shared) is { } problem)
            errors.Add(Endpoint, problem);
        foreach (var signal in OtlpSignals.All)
        {
            if (options.For(signal).Endpoint is { } own && OtlpEndpoint.Problem(own) is { } ownProblem)
                errors.Add(Prefix(signal) + Endpoint, ownProblem);
        }

        if (options.Endpoint is not null)
            return;

        var without = signals.Where(signal => options.For(signal).Endpoint is null).ToArray();
        if (without.Length == signals.Count)
        {
            errors.Add(
                Endpoint,
                "is missing: set the URL of an OTLP backend, such as http://localhost:4317. Without a backend, use the exporter 'file' to"
                    + " keep the telemetry in a file, or 'blackhole' to discard it");
            return;
        }

        foreach (var signal in without)
        {
            errors.Add(
                Prefix(signal) + Endpoint, $"is missing: {signal.Name()} go to this exporter, so set it or '{Endpoint}' for all signals");
        }
    }

    /// <summary>Null where there is no endpoint, or one that cannot be, which has an error of its own.</summary>
    private static Uri? UrlOf(OtlpExporterOptions options, OtlpSignal signal) =>
        (options.For(signal).Endpoint ?? options.Endpoint) is { } endpoint && OtlpEndpoint.Problem(endpoint) is null
            ? OtlpDestination.Of(options, signal)!.Url
            : null;

    private static Setting[] Rows(OtlpSignal signal)
    {
        var prefix = Prefix(signal);
        var name = signal.Name();
        return
        [
            new Setting<OtlpExporterOptions, Uri>(
                prefix + Endpoint, SettingForms.Endpoint, $"Where {name} go. Used as it is: nothing is appended to its path over HTTP.",
                options => options.For(signal).Endpoint, (options, value) => options.For(signal).Endpoint = value)
            {
                WhenUnset = Endpoint,
            },
            new Setting<OtlpExporterOptions, OtlpProtocol>(
                prefix + Protocol, SettingForms.OneOf<OtlpProtocol>(), $"The protocol for {name}.",
                options => options.For(signal).Protocol, (options, value) => options.For(signal).Protocol = value)
            {
                WhenUnset = Protocol,
            },
            new Setting<OtlpExporterOptions, IReadOnlyList<KeyValuePair<string, string>>>(
                prefix + Headers, SettingForms.Pairs, $"Headers for {name}, in place of those for all signals.",
                options => Show(options.For(signal).Headers), (options, value) => Set(options.For(signal).Headers, value))
            {
                Aliases = [$"{prefix}headers"],
                IsSecret = true,
                WhenUnset = Headers,
            },
            new Setting<OtlpExporterOptions, OtlpCompression>(
                prefix + Compression, SettingForms.OneOf<OtlpCompression>(), $"How requests with {name} are compressed.",
                options => options.For(signal).Compression, (options, value) => options.For(signal).Compression = value)
            {
                WhenUnset = Compression,
            },
            new Setting<OtlpExporterOptions, TimeSpan>(
                prefix + SharedExporterSettings.RequestTimeout, SettingForms.Duration, $"The longest one attempt to send {name} may take.",
                options => options.For(signal).RequestTimeout, (options, value) => options.For(signal).RequestTimeout = value)
            {
                WhenUnset = SharedExporterSettings.RequestTimeout,
            },
            .. ClientTlsSettings.Rows<OtlpExporterOptions>(
                prefix, $" of {name}", options => options.For(signal).Tls, $"all of `{prefix}tls_…` unset: those without prefix"),
        ];
    }

    internal static string Prefix(OtlpSignal signal) => $"{signal.Name()}_";

    private static KeyValuePair<string, string>[]? Show(IDictionary<string, string> headers) => headers.Count == 0 ? null : [.. headers];

    private static void Set(IDictionary<string, string> headers, IReadOnlyList<KeyValuePair<string, string>> pairs)
    {
        foreach (var (name, value) in pairs)
            headers[name] = value;
    }
}
