using Rotel.Threading;

namespace Rotel.Pipelines;

/// <summary>
/// Step 1 of the flow: takes telemetry from outside and hands it to an <see cref="Intake"/>. Started once, stopped once, then closed.
/// </summary>
internal interface IReceiver : IAsyncDisposable
{
    /// <summary>Begins to receive. A source that cannot be reached yet is no failure: it is tried again.</summary>
    /// <exception cref="IOException">What is the machine's own, such as an endpoint, cannot be had.</exception>
    Task StartAsync(CancellationToken cancellationToken);

    /// <summary>Takes nothing more and finishes what is half taken. What was taken goes on to be delivered.</summary>
    Task StopAsync(Deadline deadline, CancellationToken cancellationToken);

    /// <summary>The queues have drained: tells the source what was delivered, and leaves it.</summary>
    Task CloseAsync(Deadline deadline, CancellationToken cancellationToken);

    /// <summary>What is wrong at this moment, for a health check: a sentence without secrets; null when nothing is.</summary>
    string? Problem { get; }
}
