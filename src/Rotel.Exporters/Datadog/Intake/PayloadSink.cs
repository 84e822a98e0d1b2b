using Rotel.Exporters.Compression;
using Rotel.Memory;

namespace Rotel.Exporters.Datadog.Intake;

/// <summary>
/// What a batch becomes: the requests its encoder closes one after another, compressed as they come, and what had to be left out. Used by
/// one thread.
/// </summary>
/// <param name="compressor">Null sends bodies as they are.</param>
/// <param name="pool">Where compressed bodies are kept; charged as overdraft, for encoding is what makes room.</param>
internal sealed class PayloadSink(BatchCompressor? compressor, BufferPool pool) : IDisposable
{
    private List<IntakePayload> _payloads = [];

    public IReadOnlyList<IntakePayload> Payloads => _payloads;

    /// <summary>Items that alone are larger than their intake takes.</summary>
    public long OversizedItems { get; private set; }

    /// <summary>Items that Datadog has no form for, or would refuse.</summary>
    public long RejectedItems { get; private set; }

    /// <summary>Why the first of <see cref="RejectedItems"/> was left out; null when none was.</summary>
    public string? Reason { get; private set; }

    /// <summary>Closes a request. The body stays the caller's, to be cleared and written again.</summary>
    /// <param name="intake">Where it goes; the caller keeps its limits on items and uncompressed bytes.</param>
    /// <param name="body">Uncompressed.</param>
    /// <param name="items">As <see cref="IntakePayload.Items"/>.</param>
    public void Add(DatadogIntake intake, PooledBytes body, int items)
    {
        var segments = compressor?.Compress(body.Memory) ?? Copy(body);
        _payloads.Add(new IntakePayload(intake, segments, body.Length, items));
    }

    /// <summary>Leaves an item out because it alone is larger than its intake takes.</summary>
    public void RejectOversized(int items = 1) => OversizedItems += items;

    /// <summary>Leaves items out for a reason that is said once per interval: a sentence without the sender's values.</summary>
    public void Reject(int items, string reason)
    {
        RejectedItems += items;
        Reason ??= reason;
    }

    /// <summary>Hands the requests over to the caller.</summary>
    public List<IntakePayload> Take()
    {
        var payloads = _payloads;
        _payloads = [];
        return payloads;
    }

    public void Dispose()
    {
        foreach (var payload in _payloads)
            payload.Dispose();
        _payloads.Clear();
    }

    private PooledSegments Copy(PooledBytes body)
    {
        var segments = new PooledSegments(pool);
        segments.Write(body.Span);
        segments.Seal();
        return segments;
    }
}
