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
    private const string HeadersFromMetadata = "headers_from_metadata";
    private const string Compression = "compression";

    public override string Name => "otlp";

    public override IReadOnlyList<Setting> Settings { get; } =
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
        RequestHeaders.Validate(
            options.HeadersFromMetadata.Distinct().ToDictionary(name => name.Trim(), _ => ""), HeadersFromMetadata, errors);

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
            RequestHeaders.Validate(own.Headers, prefix + Headers, errors);
        }
    }

    protected override IExporter Create(OtlpExporterOptions options, ExporterContext context) => new OtlpExporter(options, context);

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
                "is missing: set the URL of an OTLP backend, such as http://localhost:4317. Without a backend, use the exporter 'file' to keep"
                    + " the telemetry in a file, or 'blackhole' to discard it");
            return;
        }

        foreach (var signal in without)
            errors.Add(Prefix(signal) + Endpoint, $"is missing: {signal.Name()} go to this exporter, so set it or '{Endpoint}' for all signals");
    }

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
        ];
    }

    private static string Prefix(OtlpSignal signal) => $"{signal.Name()}_";

    private static KeyValuePair<string, string>[]? Show(IDictionary<string, string> headers) => headers.Count == 0 ? null : [.. headers];

    private static void Set(IDictionary<string, string> headers, IReadOnlyList<KeyValuePair<string, string>> pairs)
    {
        foreach (var (name, value) in pairs)
            headers[name] = value;
    }
}
