using Microsoft.Extensions.Logging;
using Rotel.Configuration;
using Rotel.Diagnostics;
using Rotel.Memory;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.Receivers.Server;
using Rotel.Threading;

namespace Rotel.Agent.Replay;

/// <summary>
/// The exporters of a configuration without anything before them: no listeners, for nothing is to be received, and no processors, for what
/// was refused had passed them.
/// </summary>
internal sealed class ReplayDestinations : IAsyncDisposable
{
    private static readonly TimeSpan LongestFlush = TimeSpan.FromSeconds(30);

    private readonly BackgroundWorkers _workers = new(Math.Max(1, Environment.ProcessorCount / 2));
    private readonly RotelMetrics _metrics;
    private readonly List<IExporter> _exporters = [];
    private readonly Dictionary<(string Exporter, OtlpSignal Signal), ReplayDestination> _destinations = [];

    public ReplayDestinations(RotelPlan plan, ILoggerFactory loggers)
    {
        Pool = new BufferPool(new ByteBudget(plan.Options.EffectiveMemoryLimit));
        _metrics = new RotelMetrics(Pool.Budget);
        foreach (var exporter in plan.Exporters)
        {
            var context = new ExporterContext(
                exporter.Name,
                Pool,
                TimeProvider.System,
                loggers.CreateLogger($"Rotel.Exporters.{exporter.Name}"),
                new SilentMeterFactory(),
                _workers)
            {
                Environment = plan.Options.Environment,
                Retry = plan.Options.Retry,
            };
            var instance = exporter.Type.Create(exporter.Options, context);
            _exporters.Add(instance);
            foreach (var signal in plan.SignalsOf(exporter))
            {
                _destinations.Add(
                    (exporter.Name, signal), new ReplayDestination(exporter, instance, signal, plan, Pool, _workers, _metrics, loggers));
            }
        }
    }

    public BufferPool Pool { get; }

    public ReplayDestination? Find(string exporter, OtlpSignal signal) => _destinations.GetValueOrDefault((exporter, signal));

    /// <summary>Ends all attempts and waits.</summary>
    public void Stop()
    {
        foreach (var destination in _destinations.Values)
            destination.Stop();
    }

    /// <summary>Lets exporters send what they hold beside batches.</summary>
    public async Task FlushAsync()
    {
        using var timeout = new CancellationTokenSource(LongestFlush);
        foreach (var exporter in _exporters)
            await exporter.FlushAsync(timeout.Token).AsTask().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var destination in _destinations.Values)
            destination.Dispose();
        foreach (var exporter in _exporters)
            await exporter.DisposeAsync().ConfigureAwait(false);
        _metrics.Dispose();
        _workers.Dispose();
    }
}
