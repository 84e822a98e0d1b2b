using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;

namespace Rotel.Configuration;

/// <summary>What the SDK's own OTLP exporter takes from configuration or environment for its reader of metrics.</summary>
internal static class SdkMetricSettings
{
    /// <summary>https://opentelemetry.io/docs/specs/otel/metrics/sdk_exporters/otlp/#additional-environment-variable-configuration.</summary>
    public const string TemporalityPreference = "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE";

    /// <summary>As the SDK's exporter does: what is not one of the words changes nothing.</summary>
    /// <param name="reader">A reader whose provider is not built yet.</param>
    /// <param name="services">Those of the provider; their configuration holds the environment where there is no host.</param>
    public static void Apply(MetricReader reader, IServiceProvider services)
    {
        if (services.GetService<IConfiguration>()?[TemporalityPreference] is { } text
            && Enum.TryParse<MetricReaderTemporalityPreference>(text, ignoreCase: true, out var preference)
            && Enum.IsDefined(preference))
        {
            reader.TemporalityPreference = preference;
        }
    }
}
