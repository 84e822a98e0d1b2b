using Rotel.Throughput.Children;
using Rotel.Throughput.Drive;

namespace Rotel.Guest.Drive;

/// <summary>A process that has a column of its own in the table.</summary>
/// <param name="column">A variant, or <see cref="Backends.AgentColumn"/>.</param>
/// <param name="process">Somebody else's; it answers the questions of a startup hook.</param>
internal sealed class MeasuredProcess(string column, ChildProcess process)
{
    public string Column { get; } = column;

    public int Id => process.Id;

    public async Task<ProcessCounters> ReadCountersAsync(CancellationToken cancellationToken) =>
        ProcessCounters.Parse(await process.AskAsync(ProcessCounters.Command, cancellationToken));

    /// <summary>Collects in full, too: the last that is asked of it.</summary>
    public async Task<HeapReading> ReadHeapAsync(CancellationToken cancellationToken) =>
        HeapReading.Parse(await process.AskAsync(HeapReading.Command, cancellationToken));
}
