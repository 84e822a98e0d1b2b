using System.Diagnostics.Metrics;

namespace Rotel.Receivers.Server;

/// <summary>
/// Meters that nobody can listen to. Listeners find meters by name, whoever made them, so Kestrel's would show in the host's
/// <c>kestrel.*</c> metrics; a meter that is disposed publishes no instrument, and one that is not published costs nothing.
/// </summary>
internal sealed class SilentMeterFactory : IMeterFactory
{
    public Meter Create(MeterOptions options)
    {
        var meter = new Meter(options);
        meter.Dispose();
        return meter;
    }

    public void Dispose()
    {
    }
}
