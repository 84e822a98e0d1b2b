using System.Diagnostics;
using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Rotel.Configuration;
using Rotel.Hosting;

namespace Rotel;

/// <summary>
/// A Rotel of a program without a host: it listens for OTLP from <see cref="StartAsync(Action{RotelOptions}?, ILoggerFactory?, CancellationToken)"/>
/// on, and delivers what it holds when it is disposed or the process ends. In an application with a host, use <c>AddRotel</c> instead.
/// </summary>
/// <example>
/// <code>
/// await using var agent = await RotelAgent.StartAsync();   // everything from ROTEL_* environment variables
/// </code>
/// </example>
public sealed class RotelAgent : IRotel, IAsyncDisposable
{
    /// <summary>What a process end waits beyond the drain time-out, for what is then still to be counted and logged.</summary>
    private static readonly TimeSpan ExitSlack = TimeSpan.FromSeconds(3);

    private readonly Collector? _collector;

    private RotelAgent(Collector? collector) => _collector = collector;

    /// <summary>Gets a value indicating whether this agent does anything: false when <c>ROTEL_ENABLED=false</c> or <c>Enabled = false</c>.</summary>
    public bool IsEnabled => _collector is not null;

    /// <summary>Gets where OTLP over gRPC is received, with the ports that were bound; empty when it is off.</summary>
    public IReadOnlyList<EndPoint> GrpcEndpoints => _collector?.GrpcEndpoints ?? [];

    /// <summary>Gets where OTLP over HTTP is received, with the ports that were bound; empty when it is off.</summary>
    public IReadOnlyList<EndPoint> HttpEndpoints => _collector?.HttpEndpoints ?? [];

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
        StartAsync(RotelConfiguration.Load(RotelSources.OfProcess(), configure), loggerFactory, cancellationToken);

    internal static async Task<RotelAgent> StartAsync(RotelPlan plan, ILoggerFactory? loggerFactory, CancellationToken cancellationToken)
    {
        if (!plan.IsEnabled)
            return new RotelAgent(null);

        var collector = new Collector(plan, loggerFactory ?? NullLoggerFactory.Instance);
        try
        {
            await collector.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await collector.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        var agent = new RotelAgent(collector);
        AppDomain.CurrentDomain.ProcessExit += agent.OnProcessExit;
        return agent;
    }

    /// <inheritdoc/>
    public Task FlushAsync(CancellationToken cancellationToken = default) => _collector?.FlushAsync(cancellationToken) ?? Task.CompletedTask;

    /// <inheritdoc/>
    public Task<bool> TryFlushAsync(TimeSpan deadline) => CollectorFlush.TryFlushAsync(_collector, deadline);

    /// <inheritdoc/>
    public Task<TraceDelivery> WaitForDeliveryAsync(ActivityTraceId traceId, int spans = 1, CancellationToken cancellationToken = default) =>
        CollectorFlush.WaitForDeliveryAsync(_collector, traceId, spans, cancellationToken);

    /// <summary>
    /// Stops listening, finishes the requests in flight and delivers what is held, for up to <see cref="RotelOptions.DrainTimeout"/>; what is
    /// left then is counted and logged. Telemetry handed over later is refused.
    /// </summary>
    /// <param name="cancellationToken">Ends the drain early.</param>
    public Task StopAsync(CancellationToken cancellationToken = default)
    {
        AppDomain.CurrentDomain.ProcessExit -= OnProcessExit;
        return _collector?.StopAsync(cancellationToken) ?? Task.CompletedTask;
    }

    /// <summary>Stops as <see cref="StopAsync"/> does, and gives everything back.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync().ConfigureAwait(false);
        if (_collector is not null)
            await _collector.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Also how SIGTERM ends a .NET process. The handler holds the process until the drain is over.</summary>
    private void OnProcessExit(object? sender, EventArgs e) =>
        Task.Run(() => _collector!.StopAsync(CancellationToken.None)).Wait(_collector!.Plan.Options.DrainTimeout + ExitSlack);
}
