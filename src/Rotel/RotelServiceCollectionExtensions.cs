using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Rotel;
using Rotel.Hosting;
using Rotel.Receivers.Otlp;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds Rotel to a host.</summary>
public static class RotelServiceCollectionExtensions
{
    /// <summary>Without the star every category that begins with these letters would be meant, an application's own among them.</summary>
    private const string OwnCategories = "Rotel.*";

    /// <summary>
    /// Runs an OpenTelemetry collector in this process: it listens for OTLP on 4317 (gRPC) and 4318 (HTTP) of the loopback interface from
    /// the host's start on, and delivers what it holds after all other services have stopped. Calls add up.
    /// </summary>
    /// <param name="services">The services of the host.</param>
    /// <param name="configure">
    /// Code wins over the <c>ROTEL_*</c> environment, which wins over the section <c>Rotel</c> of the configuration, which wins over the
    /// defaults. Wrong settings keep the host from being built or started, with a <see cref="RotelConfigurationException"/> that lists all
    /// of them.
    /// </param>
    /// <returns><paramref name="services"/>.</returns>
    public static IServiceCollection AddRotel(this IServiceCollection services, Action<RotelOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddLogging();
        services.TryAddSingleton<RotelRuntime>();
        services.TryAddSingleton<IRotel, HostedRotel>();
        services.TryAddSingleton<MappedReceiver>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<MatcherPolicy, UnseenRequests>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, RotelHostedService>());
        if (configure is not null)
            services.AddSingleton(new RotelConfigureStep(configure));

        // Rotel's own messages must not travel through Rotel: a failing exporter would feed on its own complaints.
        services.Configure<LoggerFilterOptions>(static options =>
        {
            if (!options.Rules.Any(rule => rule.ProviderName == "OpenTelemetry" && rule.CategoryName == OwnCategories))
                options.Rules.Add(new LoggerFilterRule("OpenTelemetry", OwnCategories, LogLevel.None, null));
        });
        return services;
    }
}
