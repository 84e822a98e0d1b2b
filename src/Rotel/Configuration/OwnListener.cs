using System.Net;
using Rotel.Exporters.Otlp;
using Rotel.Otlp;
using Rotel.Receivers.Otlp;
using Rotel.Receivers.Server;

namespace Rotel.Configuration;

/// <summary>
/// Refuses exporters that would send to Rotel itself: a common mistake, when the endpoint meant for the application's SDK is given to Rotel.
/// </summary>
internal static class OwnListener
{
    public static void Validate(OtlpReceiverOptions receiver, ConfiguredExporter exporter, ConfigurationErrors errors)
    {
        if (exporter.Options is not OtlpExporterOptions options)
            return;

        Check("endpoint", options.Endpoint);
        foreach (var signal in OtlpSignals.All)
            Check($"{signal.Name()}_endpoint", options.For(signal).Endpoint);

        void Check(string setting, Uri? endpoint)
        {
            if (endpoint is { IsAbsoluteUri: true } && ReceiverSettings.ListenersOf(receiver).FirstOrDefault(own => Reaches(endpoint, own)) is { } listener)
            {
                errors.Add(
                    exporter.Scope.For(setting).ToString(),
                    $"is Rotel's own listener {listener}, so telemetry would go in circles; set it to the backend that should receive the telemetry");
            }
        }
    }

    private static bool Reaches(Uri endpoint, ListenEndpoint listener)
    {
        if (listener.Port == 0 || endpoint.Port != listener.Port)
            return false;
        var host = endpoint.IdnHost;
        if (host.Equals(listener.Host, StringComparison.OrdinalIgnoreCase))
            return true;
        var target = AddressOf(host);
        var own = AddressOf(listener.Host);
        var listensEverywhere = listener.IsAnyAddress || (own is not null && (own.Equals(IPAddress.Any) || own.Equals(IPAddress.IPv6Any)));
        return target is not null
            && (IPAddress.IsLoopback(target) ? listensEverywhere || (own is not null && MeetsLoopback(target, own, listener)) : target.Equals(own));
    }

    private static bool MeetsLoopback(IPAddress target, IPAddress own, ListenEndpoint listener) =>
        listener.IsLocalhost ? target.Equals(IPAddress.Loopback) || target.Equals(IPAddress.IPv6Loopback) : own.Equals(target);

    /// <summary>An address, or the loopback for localhost; other names are left alone, for nothing is looked up here.</summary>
    private static IPAddress? AddressOf(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) ? IPAddress.Loopback
        : IPAddress.TryParse(host, out var address) ? address
        : null;
}
