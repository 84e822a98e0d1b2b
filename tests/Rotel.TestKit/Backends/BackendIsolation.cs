using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;

namespace Rotel.TestKit.Backends;

/// <summary>
/// Keeps a backend's own server out of sight of instrumentation in the same process: a test about the telemetry of a host must see the
/// host's requests, not those its exporters make to the backend.
/// </summary>
public static class BackendIsolation
{
    private const string Name = "Rotel.TestKit.Backend";

    /// <summary>For the services of a server, before it is built.</summary>
    public static void Apply(IServiceCollection services)
    {
        services.AddSingleton(_ => new DiagnosticListener(Name));
        services.AddSingleton<DiagnosticSource>(provider => provider.GetRequiredService<DiagnosticListener>());
        services.AddSingleton(_ => SilentSource());
        services.AddSingleton<IMeterFactory, RenamingMeterFactory>();
    }

    /// <summary>A disposed source has no listeners, not even those that listen to every name.</summary>
    private static ActivitySource SilentSource()
    {
        var source = new ActivitySource(Name);
        source.Dispose();
        return source;
    }

    /// <summary>Listeners choose meters by name, so ours get another one.</summary>
    private sealed class RenamingMeterFactory : IMeterFactory
    {
        private readonly List<Meter> _meters = [];

        public Meter Create(MeterOptions options)
        {
            var renamed = new MeterOptions($"{Name}/{options.Name}") { Version = options.Version, Tags = options.Tags, Scope = this };
            var meter = new Meter(renamed);
            lock (_meters)
                _meters.Add(meter);
            return meter;
        }

        public void Dispose()
        {
            lock (_meters)
                _meters.ForEach(meter => meter.Dispose());
        }
    }
}
