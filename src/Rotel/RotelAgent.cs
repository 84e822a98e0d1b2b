using System.Diagnostics;
using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Rotel.Configuration;
using Rotel.Hosting;
using Rotel.Operation;

namespace Rotel;

/// <summary>
/// A Rotel of a program without a host: it listens for OTLP from
/// <see cref="StartAsync(Action{RotelOptions}?, ILoggerFactory?, CancellationToken)"/> on. What it holds, and what the SDK that hands over
/// to it holds, is delivered when it is disposed or the process ends: when Main returns, by <see cref="Environment.Exit"/>, SIGTERM or
/// SIGINT, or an exception that nobody handles. In an application with a host, use <c>AddRotel</c> instead.
/// </summary>
/// <example>
/// <code>
/// await using var agent = await RotelAgent.StartAsync();   // everything from ROTEL_* environment variables
/// </code>
/// </example>
public sealed class RotelAgent : IRotel, IAsyncDisposable
{
    private readonly Collector? _collector;
    private readonly CollectorExit? _exit;

    private RotelAgent(Collector? collector, CollectorExit? exit) => (_collector, _exit) = (collector, exit);

    /// <summary>
    /// Gets a value indicating whether this agent does anything: false when <c>ROTEL_ENABLED=false</c> or <c>Enabled = false</c>.
    /// </summary>
    public bool IsEnabled => _collector is not null;

    /// <summary>Gets where OTLP over gRPC is received, with the ports that were bound; empty when it is off.</summary>
    public IReadOnlyList<EndPoint> GrpcEndpoints => _collector?.GrpcEndpoints ?? [];

    /// <summary>Gets where OTLP over HTTP is received, with the ports that were bound; empty when it is off.</summary>
    public IReadOnlyList<EndPoint> HttpEndpoints => _collector?.HttpEndpoints ?? [];

    /// <inheritdoc/>
    public IReadOnlyList<EndPoint> StatusEndpoints => _collector?.StatusEndpoints ?? [];

    internal Collector? Collector => _collector;

    /// <summary>Where to send to reach an endpoint: a URL, or <c>unix:</c> and a path.</summary>
    internal string UrlOf(EndPoint endpoint) => endpoint switch
    {
        IPEndPoint ip => $"{(_collector?.Plan.Options.Otlp.Tls.IsOn == true ? "https" : "http")}://{ip}",
        _ => $"unix:{endpoint}",
    };

    /// <summary>Reads the environment, lets <paramref name="configure"/> change what it says, and starts.</summary>
    /// <param name="configure">Code wins over the <c>ROTEL_*</c> environment, which wins over the defaults.</param>
    /// <param name="loggerFactory">Where Rotel's own messages go, in categories below <c>Rotel</c>; nowhere when null.</param>
    /// <param name="cancellationToken">Gives up starting.</param>
    /// <returns>The running agent; dispose it to deliver what it holds and stop.</returns>
    /// <exception cref="RotelConfigurationException">The configuration is wrong; the message lists everything that is.</exception>
    /// <exception cref="IOException">An endpoint cannot be bound.</exception>
    public static Task<RotelAgent> StartAsync(
        Action<RotelOptions>? configure = null, ILoggerFactory? loggerFactory = null, CancellationToken cancellationToken = default) =>
        StartAsync(RotelConfiguration.Load(RotelSources.OfProcess(), configure), loggerFactory, cancellationToken, withSignals: true);

    internal static async Task<RotelAgent> StartAsync(
        RotelPlan plan, ILoggerFactory? loggerFactory, CancellationToken cancellationToken, bool withSignals = false)
    {
        if (!plan.IsEnabled)
            return new RotelAgent(null, null);

        loggerFactory ??= NullLoggerFactory.Instance;
        var collector = new Collector(plan, loggerFactory);
        try
        {
            await collector.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await collector.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        return new RotelAgent(collector, new CollectorExit(collector, collector.LoggerFactory.CreateLogger("Rotel.Hosting"), withSignals));
    }

    /// <inheritdoc/>
    public RotelStatus GetStatus() => _collector?.Status.Get() ?? StatusSource.SwitchedOff();

    /// <inheritdoc/>
    public Task FlushAsync(CancellationToken cancellationToken = default) =>
        _collector?.FlushAsync(cancellationToken) ?? Task.CompletedTask;

    /// <inheritdoc/>
    public Task<bool> TryFlushAsync(TimeSpan deadline) => CollectorFlush.TryFlushAsync(_collector, deadline);

    /// <inheritdoc/>
    public Task<TraceDelivery> WaitForDeliveryAsync(
        ActivityTraceId traceId, int spans = 1, CancellationToken cancellationToken = default) =>
        CollectorFlush.WaitForDeliveryAsync(_collector, traceId, spans, cancellationToken);

    /// <summary>
    /// Lets this process's SDK hand over what it holds, stops listening, finishes the requests in flight and delivers what is held, for up
    /// to <see cref="RotelOptions.DrainTimeout"/>; what is left then is counted and logged. Telemetry handed over later is refused.
    /// </summary>
    /// <param name="cancellationToken">Ends the drain early.</param>
    public async Task StopAsync(CancellationToken cancellationToken = default)
    {
        if (_collector is null)
            return;

        // In this order: a process that ends meanwhile waits for the stop.
        await _collector.StopAsync(cancellationToken).ConfigureAwait(false);
        _exit!.Dispose();
    }

    /// <summary>Stops as <see cref="StopAsync"/> does, and gives everything back.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        if (_collector is not null)
            await _collector.DisposeAsync().ConfigureAwait(false);
    }
}
