using Rotel.Destinations;
using Rotel.Exporters.Datadog.Intake;
using Rotel.Exporters.Http;
using Rotel.Exporters.Otlp;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.Settings;

namespace Rotel.Exporters.Datadog;

/// <summary>The exporter <c>datadog</c>.</summary>
internal sealed class DatadogExporterType : ExporterType<DatadogExporterOptions>
{
    public const string Region = "region";
    public const string CustomEndpoint = "custom_endpoint";
    public const string ApiKey = "api_key";
    private const string Mode = "mode";
    private const string Compression = "compression";
    private const string Environment = "environment";
    private const string HostName = "host_name";
    private const string Tags = "tags";
    private const string HostMetadata = "host_metadata";
    private const string Obfuscation = "obfuscation";
    private const string ComputeStats = "compute_stats";
    private const string SpanNameAsResourceName = "span_name_as_resource_name";
    private const string ResourceAttributesAsTags = "resource_attributes_as_tags";
    private const string ScopeAsTags = "scope_as_tags";
    private const string HistogramMode = "histogram_mode";
    private const string HistogramAggregations = "histogram_aggregations";
    private const string SummaryQuantiles = "summary_quantiles";
    private const string FirstPoint = "first_point";
    private const string DeltaExpiry = "delta_expiry";
    private const string DeltaMaxSeries = "delta_max_series";

    public override string Name => "datadog";

    public override IReadOnlyList<Setting> Settings => field ??=
    [
        new Setting<DatadogExporterOptions, DatadogRegion>(
            Region, SettingForms.OneOf<DatadogRegion>(), "The region the account is in; a key is valid in one region only.",
            options => options.Region, (options, value) => options.Region = value),
        new Setting<DatadogExporterOptions, string>(
            ApiKey, SettingForms.Text, "The API key.", options => options.ApiKey, (options, value) => options.ApiKey = value)
        {
            IsSecret = true,
        },
        new Setting<DatadogExporterOptions, Uri>(
            CustomEndpoint, SettingForms.Endpoint, "What takes the place of scheme, host and port of all intakes, such as a proxy's URL.",
            options => options.CustomEndpoint, (options, value) => options.CustomEndpoint = value)
        {
            WhenUnset = "the region's intakes",
        },
        new Setting<DatadogExporterOptions, DatadogMode>(
            Mode, SettingForms.OneOf<DatadogMode>(), "Whether telemetry is sent as Datadog's agent does, or as OTLP.",
            options => options.Mode, (options, value) => options.Mode = value),
        new Setting<DatadogExporterOptions, DatadogCompression>(
            Compression, SettingForms.OneOf<DatadogCompression>(), "How requests are compressed.",
            options => options.Compression, (options, value) => options.Compression = value),
        new Setting<DatadogExporterOptions, string>(
            Environment, SettingForms.Text, "The environment of telemetry whose resource names none.",
            options => options.Environment, (options, value) => options.Environment = value)
        {
            WhenUnset = "`ROTEL_ENVIRONMENT`, else `none`",
        },
        new Setting<DatadogExporterOptions, string>(
            HostName, SettingForms.Text, "The host of telemetry whose resource names none.",
            options => options.HostName, (options, value) => options.HostName = value)
        {
            Aliases = ["hostname"],
            WhenUnset = "the machine's name",
        },
        new Setting<DatadogExporterOptions, IReadOnlyList<KeyValuePair<string, string>>>(
            Tags, SettingForms.Pairs, "Tags for everything that is sent.",
            options => options.Tags is { Count: > 0 } tags ? tags.ToArray() : null,
            (options, pairs) =>
            {
                foreach (var (name, value) in pairs)
                    options.Tags[name] = value;
            })
        {
            WhenUnset = "none",
        },
        Switch(
            HostMetadata, "Whether hosts are described to Datadog, so that its host list shows them; in the mode `intake`.",
            options => options.HostMetadata, (options, value) => options.HostMetadata = value),
        Switch(
            Obfuscation,
            "Whether spans are rid of literals in SQL, arguments of commands, queries of URLs, and card numbers; in the mode `intake`.",
            options => options.Obfuscation, (options, value) => options.Obfuscation = value),
        Switch(
            ComputeStats, "Whether hits, errors and latencies are computed from spans; false behind a sampler.",
            options => options.ComputeStats, (options, value) => options.ComputeStats = value),
        Switch(
            SpanNameAsResourceName, "Whether a span's name is its resource, instead of one made from its attributes.",
            options => options.SpanNameAsResourceName, (options, value) => options.SpanNameAsResourceName = value),
        Switch(
            ResourceAttributesAsTags, "Whether all attributes of a resource become tags of its metrics.",
            options => options.ResourceAttributesAsTags, (options, value) => options.ResourceAttributesAsTags = value),
        Switch(
            ScopeAsTags, "Whether metrics are tagged with name and version of their instrumentation scope.",
            options => options.ScopeAsTags, (options, value) => options.ScopeAsTags = value),
        new Setting<DatadogExporterOptions, DatadogHistogramMode>(
            HistogramMode, SettingForms.OneOf<DatadogHistogramMode>(), "What histograms become.",
            options => options.HistogramMode, (options, value) => options.HistogramMode = value),
        Switch(
            HistogramAggregations, "Whether histograms also become `.count`, `.sum`, `.min` and `.max`.",
            options => options.HistogramAggregations, (options, value) => options.HistogramAggregations = value),
        Switch(
            SummaryQuantiles, "Whether the quantiles of summaries become gauges.",
            options => options.SummaryQuantiles, (options, value) => options.SummaryQuantiles = value),
        new Setting<DatadogExporterOptions, DatadogFirstPoint>(
            FirstPoint, SettingForms.OneOf<DatadogFirstPoint>(), "What becomes of the first point of a cumulative series.",
            options => options.FirstPoint, (options, value) => options.FirstPoint = value)
        {
            Aliases = ["initial_cumulative_monotonic_value"],
        },
        new Setting<DatadogExporterOptions, TimeSpan>(
            DeltaExpiry, SettingForms.Duration, "How long the last point of a cumulative series is remembered.",
            options => options.DeltaExpiry, (options, value) => options.DeltaExpiry = value)
        {
            Aliases = ["delta_ttl"],
        },
        new Setting<DatadogExporterOptions, int>(
            DeltaMaxSeries, SettingForms.Integer(1), "How many cumulative series are remembered at most.",
            options => options.DeltaMaxSeries, (options, value) => options.DeltaMaxSeries = value),
        .. ClientTlsSettings.Rows<DatadogExporterOptions>("", "", options => options.Tls),
        .. ConnectionSettings.Rows<DatadogExporterOptions>(options => options.Connection),
    ];

    protected override void Validate(DatadogExporterOptions options, IReadOnlyCollection<OtlpSignal> signals, SettingErrors errors)
    {
        ValidateKey(options.ApiKey, errors);
        ValidateEndpoint(options, errors);
        ValidateNames(options, errors);
        if (options is { Mode: DatadogMode.Otlp, CustomEndpoint: null } && Enum.IsDefined(options.Region))
        {
            foreach (var problem in signals.Select(signal => DatadogOtlp.Problem(options.Region, signal)).OfType<string>().Distinct())
                errors.Add(Mode, problem);
        }

        if (options.Mode == DatadogMode.Otlp)
            ValidateForOtlp(options, errors);
        if (options is { HistogramMode: DatadogHistogramMode.NoBuckets, HistogramAggregations: false })
        {
            errors.Add(
                HistogramMode,
                $"nothing would be sent of histograms: set '{HistogramAggregations}' to true, or choose distributions or counters");
        }

        Defined(options.Region, Region, errors);
        Defined(options.Mode, Mode, errors);
        Defined(options.Compression, Compression, errors);
        Defined(options.HistogramMode, HistogramMode, errors);
        Defined(options.FirstPoint, FirstPoint, errors);
        if (options.DeltaExpiry <= TimeSpan.Zero)
            errors.Add(DeltaExpiry, "must be longer than nothing; write a duration such as 1h");
        SharedExporterSettings.ValidateLength(options.DeltaExpiry, DeltaExpiry, errors);
        if (options.DeltaMaxSeries < 1)
            errors.Add(DeltaMaxSeries, "must be 1 or more");
        ConnectionSettings.Validate(options.Connection, errors);
        ClientTlsSettings.Validate(options.Tls, "", options.Connection, errors);
        if (ClientTlsSettings.FirstSet(options.Tls) is { } tls && options.CustomEndpoint is { IsAbsoluteUri: true, Scheme: "http" })
            errors.Add(tls, $"has no effect: '{CustomEndpoint}' is without TLS; begin it with https://, or remove this");
    }

    protected override IExporter Create(DatadogExporterOptions options, ExporterContext context) =>
        DatadogComposition.Create(options, context);

    protected override IReadOnlyList<ExporterDestination> DestinationsOf(
        DatadogExporterOptions options, IReadOnlyCollection<OtlpSignal> signals, ExporterContext context) =>
        options.Mode == DatadogMode.Otlp
            ? OtlpDestinations.Of(DatadogOtlp.Options(options), signals, context)
            :
            [
                .. signals.GroupBy(signal => new Uri(new DatadogSites(options).Url(IntakeOf(signal)), "/")).Select(group =>
                    HttpDestination.Of(group.Key, options.Connection, options.Tls, [.. group], context)),
            ];

    /// <summary>Statistics go where traces go, and distributions where other points go.</summary>
    private static DatadogIntake IntakeOf(OtlpSignal signal) => signal switch
    {
        OtlpSignal.Traces => DatadogIntake.Traces,
        OtlpSignal.Metrics => DatadogIntake.Series,
        _ => DatadogIntake.Logs,
    };

    private static Setting<DatadogExporterOptions, bool> Switch(
        string name, string summary, Func<DatadogExporterOptions, object?> get, Action<DatadogExporterOptions, bool> set) =>
        new(name, SettingForms.Boolean, summary, get, set);

    /// <summary>Says nothing of the key itself. Its form is Datadog's affair, and a proxy's key may look different.</summary>
    private static void ValidateKey(string? key, SettingErrors errors)
    {
        if (string.IsNullOrWhiteSpace(key))
            errors.Add(ApiKey, "is missing: set the API key of the account, or 'api_key_file' to a file that holds it");
        else if (key.AsSpan().Trim().ContainsAnyExceptInRange('!', '~'))
            errors.Add(ApiKey, "has characters that no key has, such as a space or a line break; copy the key alone");
    }

    private static void ValidateEndpoint(DatadogExporterOptions options, SettingErrors errors)
    {
        if (options.CustomEndpoint is not { } endpoint)
            return;
        if (!endpoint.IsAbsoluteUri || (endpoint.Scheme != Uri.UriSchemeHttp && endpoint.Scheme != Uri.UriSchemeHttps))
            errors.Add(CustomEndpoint, "expected a URL such as https://datadog-proxy.example.com");
        else if (endpoint.UserInfo.Length > 0)
            errors.Add(CustomEndpoint, "must not have a user name in it");
    }

    /// <summary>Datadog does itself what these are about, by what the telemetry says.</summary>
    private static void ValidateForOtlp(DatadogExporterOptions options, SettingErrors errors)
    {
        NoEffect(options.Environment is not null, Environment);
        NoEffect(options.HostName is not null, HostName);
        NoEffect(options.Tags.Count > 0, Tags);
        NoEffect(options.FirstPoint != DatadogFirstPoint.Auto, FirstPoint);
        NoEffect(options.DeltaExpiry != DatadogExporterOptions.DefaultDeltaExpiry, DeltaExpiry);
        NoEffect(options.DeltaMaxSeries != DatadogExporterOptions.DefaultDeltaMaxSeries, DeltaMaxSeries);

        void NoEffect(bool isSet, string setting)
        {
            if (isSet)
                errors.Add(setting, $"has no effect: with '{Mode}' otlp telemetry is sent as it is; remove it, or set '{Mode}' to intake");
        }
    }

    private static void ValidateNames(DatadogExporterOptions options, SettingErrors errors)
    {
        if (options.Environment is { } environment && string.IsNullOrWhiteSpace(environment))
            errors.Add(Environment, "must not be empty; leave it out, or name one, such as production");
        if (options.HostName is { } host && string.IsNullOrWhiteSpace(host))
            errors.Add(HostName, "must not be empty; leave it out for the machine's name");
        foreach (var (name, value) in options.Tags)
        {
            if (string.IsNullOrWhiteSpace(name) || value is null)
                errors.Add(Tags, "a tag must have a name and a value");
        }
    }

    private static void Defined<TEnum>(TEnum value, string setting, SettingErrors errors)
        where TEnum : struct, Enum
    {
        if (!Enum.IsDefined(value))
            errors.Add(setting, $"expected {SettingForms.OneOf<TEnum>().Description}");
    }
}
