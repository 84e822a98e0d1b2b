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
        if (plan.IsEnabled)
            Collector = new Collector(plan, loggerFactory, services);
    }

    public Collector? Collector { get; }

    /// <summary>For containers that are disposed synchronously; the hosted service has drained by then.</summary>
    public void Dispose() => Collector?.DisposeAsync().AsTask().GetAwaiter().GetResult();

    public ValueTask DisposeAsync() => Collector?.DisposeAsync() ?? ValueTask.CompletedTask;
}
