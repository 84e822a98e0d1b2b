using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace OpenTelemetry;

/// <summary>Hands everything the OpenTelemetry SDK of a host collects over to Rotel in the same process.</summary>
public static class RotelOpenTelemetryBuilderExtensions
{
    /// <summary>
    /// Turns traces, metrics and logs of the SDK on and hands them over to Rotel, without a socket. Instrumentation is added as always, with
    /// <c>WithTracing</c> and <c>WithMetrics</c>.
    /// </summary>
    /// <param name="builder">What <c>services.AddOpenTelemetry()</c> returned; the services must have <c>AddRotel</c>.</param>
    /// <returns><paramref name="builder"/>.</returns>
    public static IOpenTelemetryBuilder UseRotel(this IOpenTelemetryBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return builder
            .WithTracing(static tracing => tracing.AddRotelExporter())
            .WithMetrics(static metrics => metrics.AddRotelExporter())
            .WithLogging(static logging => logging.AddRotelExporter());
    }
}
