using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Rotel.Configuration;

namespace Rotel.Hosting;

/// <summary>
/// The one collector of a service container, made when it is first needed: by the hosted service, or by an SDK provider that hands over.
/// Configuration errors surface there, all at once. Null when Rotel is switched off.
/// </summary>
internal sealed class RotelRuntime : IAsyncDisposable, IDisposable
{
    public RotelRuntime(IServiceProvider services, IEnumerable<RotelConfigureStep> steps, ILoggerFactory loggerFactory)
    {
        var plan = RotelConfiguration.Load(
            RotelSources.OfProcess(services.GetService<IConfiguration>()),
            options =>
            {
                foreach (var step in steps)
                    step.Configure(options);
            });
        if (!plan.IsEnabled)
            return;
        Collector = new Collector(plan, loggerFactory, services);

        // The host turns signals into a stop.
        Exit = new CollectorExit(Collector, Collector.LoggerFactory.CreateLogger("Rotel.Hosting"), withSignals: false);
    }

    public Collector? Collector { get; }

    /// <summary>Stops the collector when the process ends although nobody has stopped the host; disposed when it has stopped.</summary>
    public CollectorExit? Exit { get; }

    /// <summary>For containers that are disposed synchronously; the hosted service has drained by then.</summary>
    public void Dispose() => DisposeAsync().AsTask().GetAwaiter().GetResult();

    public async ValueTask DisposeAsync()
    {
        if (Collector is null)
            return;
        await Collector.DisposeAsync().ConfigureAwait(false);
        Exit!.Dispose();
    }
}
