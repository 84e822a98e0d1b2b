using System.Runtime.InteropServices;
using Rotel.Memory;
using Rotel.Otlp;
using Rotel.Pipelines;

namespace Rotel.Kafka.Receiver;

/// <summary>The value of a record in wire form, or why there is none. Its buffer is owned by whoever got the record.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct ReceivedValue
{
    public OtlpSignal Signal { get; init; }

    /// <summary>The body in its first <see cref="Length"/> bytes; null when it is empty or could not be read.</summary>
    public PooledBuffer? Buffer { get; init; }

    public int Length { get; init; }

    /// <summary>Why the record cannot be read, without anything that its producer wrote; null when it could be.</summary>
    public string? Problem { get; init; }

    /// <summary>What it counts as; meaningful with <see cref="Problem"/>.</summary>
    public RefusalReason Reason { get; init; }

    /// <summary>What went wrong on our side: the record may be sound.</summary>
    public Exception? Defect { get; init; }

    public static ReceivedValue Refused(OtlpSignal signal, RefusalReason reason, string problem) =>
        new() { Signal = signal, Reason = reason, Problem = problem };
}
