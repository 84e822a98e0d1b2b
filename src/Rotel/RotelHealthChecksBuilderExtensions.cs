using Microsoft.Extensions.DependencyInjection.Extensions;
using Rotel.Hosting;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Shows Rotel's state among a host's health checks.</summary>
public static class RotelHealthChecksBuilderExtensions
{
    /// <summary>
    /// Adds the check <c>rotel</c>: degraded while an exporter's queue is more than 80 % full or has lost items since the last check, a
    /// receiver cannot reach its source, or an exporter knows that it cannot reach its destination; unhealthy before Rotel has started and
    /// after it has stopped. Its data say of each exporter and signal what waits, was sent and lost, and the last success and error.
    /// </summary>
    /// <param name="builder">What <c>services.AddHealthChecks()</c> returned; the services must have <c>AddRotel</c>.</param>
    /// <returns><paramref name="builder"/>.</returns>
    public static IHealthChecksBuilder AddRotel(this IHealthChecksBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);

        // Checks are made anew each time unless they are services, and this one remembers what it saw last.
        builder.Services.TryAddSingleton<RotelHealthCheck>();
        return builder.AddCheck<RotelHealthCheck>("rotel");
    }
}
