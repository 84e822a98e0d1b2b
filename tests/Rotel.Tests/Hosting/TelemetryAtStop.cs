using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Rotel.Hosting;

/// <summary>A service that ends a span, counts and logs while it runs, and again while it stops.</summary>
internal sealed class TelemetryAtStop(ILoggerFactory logging, string name) : IHostedService, IDisposable
{
    private readonly ActivitySource _source = new(name);
    private readonly Meter _meter = new(name);
    private Activity? _open;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        Emit("running");
        _open = _source.StartActivity($"{name} all the time");
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        // On another thread, later than the call: the host waits for it all the same.
        await Task.Yield();
        _open?.Dispose();
        Emit("stopping");
    }

    public void Dispose()
    {
        _source.Dispose();
        _meter.Dispose();
    }

    private void Emit(string moment)
    {
        using (_source.StartActivity($"{name} {moment}"))
            logging.CreateLogger("Application").Log(LogLevel.Information, 1, $"{name} {moment}", null, static (state, _) => state);
        _meter.CreateCounter<int>($"{name}.{moment}").Add(1);
    }
}
