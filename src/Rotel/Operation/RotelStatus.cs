using System.Text;
using System.Text.Json;

namespace Rotel.Operation;

/// <summary>
/// How Rotel was doing at one moment. Counts are since it was made and the same as those of the meter <c>Rotel</c>; nothing in it is a
/// secret. Its JSON (<see cref="ToJson"/>) keeps its names from version to version.
/// </summary>
public sealed class RotelStatus
{
    internal RotelStatus()
    {
    }

    /// <summary>Gets the state.</summary>
    public RotelState State { get; internal init; }

    /// <summary>Gets what is wrong, one sentence each; empty unless the state is degraded.</summary>
    public IReadOnlyList<string> Problems { get; internal init; } = [];

    /// <summary>Gets the version of Rotel.</summary>
    public string Version { get; internal init; } = "";

    /// <summary>Gets the number of the process that it runs in.</summary>
    public int ProcessId { get; internal init; }

    /// <summary>Gets when it had started to receive, in UTC; null before.</summary>
    public DateTimeOffset? StartedAt { get; internal init; }

    /// <summary>Gets the moment of which all this is true, in UTC.</summary>
    public DateTimeOffset ObservedAt { get; internal init; }

    /// <summary>Gets the ways in, with the hand-off from the process's own SDK.</summary>
    public IReadOnlyList<ReceiverStatus> Receivers { get; internal init; } = [];

    /// <summary>Gets the way of each signal that goes somewhere.</summary>
    public IReadOnlyList<PipelineStatus> Pipelines { get; internal init; } = [];

    /// <summary>Gets the destinations.</summary>
    public IReadOnlyList<ExporterStatus> Exporters { get; internal init; } = [];

    /// <summary>Gets this process's part in a collector that several share; null where it has its own.</summary>
    public SharedAgentStatus? SharedAgent { get; internal init; }

    /// <summary>Gets what outlives the process; null where nothing does.</summary>
    public DiskQueueStatus? DiskQueue { get; internal init; }

    /// <summary>Gets the memory that telemetry takes.</summary>
    public MemoryStatus Memory { get; internal init; } = new();

    /// <summary>Writes it as <c>/rotel/status</c> does: names in <c>snake_case</c>, times in UTC.</summary>
    /// <returns>JSON, indented.</returns>
    public string ToJson() => Encoding.UTF8.GetString(ToUtf8Json());

    internal byte[] ToUtf8Json() => JsonSerializer.SerializeToUtf8Bytes(this, StatusJson.Default.RotelStatus);
}
