using System.Threading.Tasks.Sources;

namespace Rotel.DiskLog;

/// <summary>An append on its way into the file, and what its caller awaits; used again afterwards.</summary>
internal sealed class PendingAppend(SegmentLog log) : IValueTaskSource<AppendResult>
{
    // Continuations must not run on the thread that writes: others wait for it.
    private ManualResetValueTaskSourceCore<AppendResult> _awaited = new() { RunContinuationsAsynchronously = true };

    public RecordHeader Header { get; set; }

    public ReadOnlyMemory<byte> Head { get; private set; }

    public ReadOnlyMemory<byte> Body { get; private set; }

    /// <summary>Of <see cref="Head"/> and <see cref="Body"/>.</summary>
    public uint ContentCrc { get; private set; }

    /// <summary>Where it was laid out, and where it ends there; null while it is not.</summary>
    public Segment? Segment { get; set; }

    public long End { get; set; }

    /// <summary>Why it was not laid out.</summary>
    public AppendOutcome Refusal { get; set; }

    /// <summary>The caller writes it himself and reads the result from here, not from the task.</summary>
    public bool IsOwn { get; set; }

    public AppendResult Result { get; private set; }

    public ValueTask<AppendResult> Task => new(this, _awaited.Version);

    public void Set(in RecordHeader header, ReadOnlyMemory<byte> head, ReadOnlyMemory<byte> body, uint contentCrc)
    {
        Header = header;
        Head = head;
        Body = body;
        ContentCrc = contentCrc;
    }

    /// <summary>Ends it; the caller's memory and this object may be in other use at once.</summary>
    public void Complete(AppendResult result)
    {
        if (IsOwn)
            Result = result;
        else
            _awaited.SetResult(result);
    }

    public void Clear()
    {
        Head = default;
        Body = default;
        Segment = null;
        Refusal = AppendOutcome.Written;
        IsOwn = false;
    }

    AppendResult IValueTaskSource<AppendResult>.GetResult(short token)
    {
        var result = _awaited.GetResult(token);
        _awaited.Reset();
        log.Return(this);
        return result;
    }

    ValueTaskSourceStatus IValueTaskSource<AppendResult>.GetStatus(short token) => _awaited.GetStatus(token);

    void IValueTaskSource<AppendResult>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _awaited.OnCompleted(continuation, state, token, flags);
}
