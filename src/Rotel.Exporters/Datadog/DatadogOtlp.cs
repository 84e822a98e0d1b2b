using Rotel.Exporters.Datadog.Intake;
using Rotel.Exporters.Otlp;
using Rotel.Otlp;

namespace Rotel.Exporters.Datadog;

/// <summary>How telemetry is sent to Datadog's OTLP endpoints: https://docs.datadoghq.com/opentelemetry/setup/otlp_ingest/.</summary>
internal static class DatadogOtlp
{
    private const string KeyHeader = "dd-api-key";

    /// <summary>15 MiB before compression.</summary>
    private const long MaxTraceBytes = 15 * 1024 * 1024;

    /// <summary>512 KiB as it is sent.</summary>
    private const long MaxMetricBytesSent = 512 * 1024;

    /// <summary>5 MB once it is decompressed.</summary>
    private const long MaxMetricBytes = 5_000_000;

    /// <summary>5.1 MiB before compression.</summary>
    private const long MaxLogBytes = 5_347_737;

    /// <summary>Why a signal cannot go to the OTLP endpoint of a region; null when it can.</summary>
    public static string? Problem(DatadogRegion region, OtlpSignal signal)
    {
        if (signal == OtlpSignal.Profiles)
            return "Datadog takes no profiles as OTLP";
        return region == DatadogRegion.Gov
            ? "Datadog documents no OTLP endpoint for the region gov; use the mode intake, or name an endpoint with custom_endpoint"
            : null;
    }

    /// <summary>Valid options as those of the OTLP exporter that does it; TLS and connections are shared with them.</summary>
    public static OtlpExporterOptions Options(DatadogExporterOptions options)
    {
        var traces = new OtlpSignalOptions { MaxRequestBytes = MaxTraceBytes };
        traces.Headers["dd-otlp-source"] = "datadog";
        traces.Headers["dd-otel-span-mapping"] = $$"""{"span_name_as_resource_name":{{Json(options.SpanNameAsResourceName)}}}""";
        if (options.ComputeStats)
            traces.Headers["compute_stats"] = "true";
        var metrics = new OtlpSignalOptions { MaxRequestBytes = MaxMetricBytes, MaxSentBytes = MaxMetricBytesSent };
        metrics.Headers["dd-otel-metric-config"] = MetricConfiguration(options);
        var logs = new OtlpSignalOptions { MaxRequestBytes = MaxLogBytes };
        foreach (var signal in (OtlpSignalOptions[])[traces, metrics, logs])
            signal.Headers[KeyHeader] = options.ApiKey!.Trim();

        return new OtlpExporterOptions
        {
            Endpoint = options.CustomEndpoint is { } custom
                ? new Uri(OtlpEndpoint.WithScheme(custom), "/")
                : new Uri($"https://otlp.{DatadogSites.Site(options.Region)}/"),
            Protocol = OtlpProtocol.Http,
            Compression = options.Compression switch
            {
                DatadogCompression.Gzip => OtlpCompression.Gzip,
                DatadogCompression.Zstd => OtlpCompression.Zstd,
                _ => OtlpCompression.None,
            },
            Tls = options.Tls,
            Connection = options.Connection,
            Traces = traces,
            Metrics = metrics,
            Logs = logs,
        };
    }

    private static string MetricConfiguration(DatadogExporterOptions options)
    {
        var histograms = options.HistogramMode switch
        {
            DatadogHistogramMode.Counters => "counters",
            DatadogHistogramMode.NoBuckets => "nobuckets",
            _ => "distributions",
        };
        var summaries = options.SummaryQuantiles ? "gauges" : "noquantiles";
        return $$$"""{"resource_attributes_as_tags":{{{Json(options.ResourceAttributesAsTags)}}}"""
            + $$$""","instrumentation_scope_metadata_as_tags":{{{Json(options.ScopeAsTags)}}}"""
            + $$$""","histograms":{"mode":"{{{histograms}}}","send_aggregation_metrics":{{{Json(options.HistogramAggregations)}}}}"""
            + $$$""","summaries":{"mode":"{{{summaries}}}"}}""";
    }

    private static string Json(bool value) => value ? "true" : "false";
}
