using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;

namespace Rotel.Hosting;

/// <summary>
/// Ties a collector to a host: it listens before other services start, and drains after all of them have stopped, so that what they end
/// in their StopAsync still arrives. The SDK's own providers would flush only when the container is disposed, which is too late.
/// </summary>
internal sealed class RotelHostedService(IServiceProvider services, RotelRuntime runtime, ILoggerFactory loggerFactory)
    : IHostedLifecycleService
{
    /// <summary>Each provider's share of the shutdown; a provider whose exporter is Rotel needs milliseconds.</summary>
    private const int FlushTimeoutMilliseconds = 5000;

    private readonly ILogger _logger = (runtime.Collector?.LoggerFactory ?? loggerFactory).CreateLogger("Rotel.Hosting");

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        if (runtime.Collector is { } collector)
            await collector.StartAsync(cancellationToken).ConfigureAwait(false);
        else
            _logger.SwitchedOff();
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StoppedAsync(CancellationToken cancellationToken)
    {
        if (runtime.Collector is not { } collector)
            return;

        // All services have stopped: nothing is measured any more that would have to be collected again.
        collector.HandOffSources.BeginLastRound();
        await Task.Run(FlushProviders, CancellationToken.None).ConfigureAwait(false);
        await collector.StopAsync(cancellationToken).ConfigureAwait(false);
        runtime.Exit!.Dispose();
    }

    private void FlushProviders()
    {
        Flush(services.GetService<TracerProvider>(), static (provider, timeout) => provider.ForceFlush(timeout));
        Flush(services.GetService<MeterProvider>(), static (provider, timeout) => provider.ForceFlush(timeout));
        Flush(services.GetService<LoggerProvider>(), static (provider, timeout) => provider.ForceFlush(timeout));
    }

    private void Flush<TProvider>(TProvider? provider, Func<TProvider, int, bool> flush)
        where TProvider : BaseProvider
    {
        if (provider is null)
            return;

        try
        {
            if (!flush(provider, FlushTimeoutMilliseconds))
                _logger.ProviderNotFlushed(typeof(TProvider).Name, null);
        }
        catch (Exception exception)
        {
            // An exporter of the host's own that throws must not keep Rotel from draining.
            _logger.ProviderNotFlushed(typeof(TProvider).Name, exception);
        }
    }
}
