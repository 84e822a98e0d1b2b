using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Exporter;
using Rotel.Hosting;
using Rotel.Otlp;

namespace Rotel.HandOff;

/// <summary>Finds the collector that an SDK provider hands over to, and gives the SDK's exporter a way in.</summary>
internal static class HandOffTarget
{
    /// <summary>Never resolved: the handler is the network.</summary>
    private static readonly Uri Endpoint = new("http://rotel.invalid/");

    /// <summary>The collector of a container; null when Rotel is switched off there.</summary>
    /// <exception cref="InvalidOperationException">Nobody called AddRotel.</exception>
    public static Collector? CollectorOf(IServiceProvider services) =>
        (services.GetService<RotelRuntime>()
            ?? throw new InvalidOperationException("UseRotel and AddRotelExporter need a Rotel to hand over to: call services.AddRotel(...)."))
        .Collector;

    /// <summary>Whether a signal goes anywhere; if not, the SDK need not even serialise it.</summary>
    public static bool Takes(this Collector? collector, OtlpSignal signal) => collector?.HandOff.Accepts(signal) ?? false;

    /// <summary>Options that make the SDK's OTLP exporter serialise into <see cref="HandOffHandler"/>.</summary>
    public static OtlpExporterOptions OptionsFor(Collector collector, OtlpSignal signal)
    {
        // The SDK reads OTEL_EXPORTER_OTLP_* into new options; only its time-out is meant for us.
        var options = new OtlpExporterOptions
        {
            Endpoint = Endpoint,
            Protocol = OtlpExportProtocol.HttpProtobuf,
            Compression = OtlpExportCompression.None,
            Headers = null,
        };
        var timeout = TimeSpan.FromMilliseconds(options.TimeoutMilliseconds);
        options.HttpClientFactory = () => new HttpClient(new HandOffHandler(collector.HandOff, signal, timeout));
        return options;
    }
}
