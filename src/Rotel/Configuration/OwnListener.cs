using System.Net;
using Rotel.Exporters.ClickHouse;
using Rotel.Exporters.Datadog;
using Rotel.Exporters.Otlp;
using Rotel.Otlp;
using Rotel.Receivers.Otlp;
using Rotel.Receivers.Server;

namespace Rotel.Configuration;

/// <summary>
/// Refuses exporters that would send to Rotel itself: a common mistake, when Rotel is given the endpoint meant for the application's SDK.
/// </summary>
internal static class OwnListener
{
    public static void Validate(OtlpReceiverOptions receiver, ConfiguredExporter exporter, ConfigurationErrors errors)
    {
        switch (exporter.Options)
        {
            case OtlpExporterOptions otlp:
                Check("endpoint", otlp.Endpoint);
                foreach (var signal in OtlpSignals.All)
                    Check($"{signal.Name()}_endpoint", otlp.For(signal).Endpoint);
                break;
            case ClickHouseExporterOptions clickHouse:
                foreach (var endpoint in clickHouse.Endpoints)
                    Check("endpoint", endpoint);
                break;
            case DatadogExporterOptions datadog:
                Check(DatadogExporterType.CustomEndpoint, datadog.CustomEndpoint);
                break;
        }

        void Check(string setting, Uri? endpoint)
        {
            if (endpoint is not { IsAbsoluteUri: true })
                return;
            var listeners = ReceiverSettings.ListenersOf(receiver).OfType<TcpListenEndpoint>();
            if (listeners.FirstOrDefault(own => Reaches(endpoint, own)) is { } listener)
            {
                if (exporter.IsFromOtelEnvironment)
                {
                    errors.Add(
                        OtelEnvironment.Prefix + setting.ToUpperInvariant(),
                        $"is Rotel's own listener {listener}: it tells the application where Rotel is, and is no destination for Rotel"
                            + $" itself; set {exporter.Scope.For("endpoint").Variable} to the backend that is to receive the telemetry");
                    return;
                }

                errors.Add(
                    exporter.Scope.For(setting).ToString(),
                    $"is Rotel's own listener {listener}, so telemetry would go in circles; set it to the backend that is to receive it");
            }
        }
    }

    private static bool Reaches(Uri endpoint, TcpListenEndpoint listener)
    {
        if (listener.Port == 0 || endpoint.Port != listener.Port)
            return false;
        var host = endpoint.IdnHost;
        if (host.Equals(listener.Host, StringComparison.OrdinalIgnoreCase))
            return true;
        if (AddressOf(host) is not { } target)
            return false;

        var own = AddressOf(listener.Host);
        if (!IPAddress.IsLoopback(target))
            return target.Equals(own);
        return listener.IsAnyAddress || IPAddress.Any.Equals(own) || IPAddress.IPv6Any.Equals(own)
            || (listener.IsLocalhost ? target.Equals(IPAddress.Loopback) || target.Equals(IPAddress.IPv6Loopback) : target.Equals(own));
    }

    /// <summary>An address, or the loopback for localhost; other names are left alone, for nothing is looked up here.</summary>
    private static IPAddress? AddressOf(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) ? IPAddress.Loopback
        : IPAddress.TryParse(host, out var address) ? address
        : null;
}
