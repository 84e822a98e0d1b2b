using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Rotel.Delivery;
using Rotel.Memory;
using Rotel.Threading;

namespace Rotel.Pipelines;

/// <summary>What an exporter is given beside its options: everything ambient comes through here, nothing is looked up.</summary>
/// <param name="Name">The exporter's name in settings, logs and metrics.</param>
/// <param name="Pool">Where its buffers come from.</param>
/// <param name="Time">The clock, and timers that a starved thread pool does not stop.</param>
/// <param name="Logger">In a category below <c>Rotel</c>.</param>
/// <param name="MeterFactory">For the meters of outgoing handlers, so that they stay out of the host's.</param>
/// <param name="Workers">For what it has to do beside encoding batches, which runs there already.</param>
internal sealed record ExporterContext(
    string Name,
    BufferPool Pool,
    TimeProvider Time,
    ILogger Logger,
    IMeterFactory MeterFactory,
    BackgroundWorkers Workers)
{
    /// <summary>The deployment environment of telemetry whose resource names none; null where nobody says.</summary>
    public string? Environment { get; init; }

    /// <summary>The global retries, for what an exporter sends beside batches; its own options win over them.</summary>
    public RetryOptions Retry { get; init; } = new();
}
