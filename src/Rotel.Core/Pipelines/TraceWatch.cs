using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using Rotel.Otlp;
using Rotel.Otlp.Readers;
using Rotel.Otlp.Wire;

namespace Rotel.Pipelines;

/// <summary>
/// Remembers, for the traces seen last, how many spans were accepted and how the delivery of each ended, and lets callers wait for one. It
/// looks into every body of spans that is admitted, which costs about as much as validating it: for tests. Thread-safe.
/// </summary>
/// <remarks>
/// A trace that was forgotten and is seen again begins anew. What somebody waits for is not forgotten, whatever the limit says.
/// </remarks>
internal sealed class TraceWatch
{
    private const int TraceIdLength = 16;

    private readonly Lock _lock = new();
    private readonly Dictionary<UInt128, WatchedTrace> _traces = [];
    private readonly int _limit;
    private WatchedTrace? _oldest;
    private WatchedTrace? _newest;

    /// <param name="limit">How many traces are remembered; above 0. Each takes about 150 bytes.</param>
    public TraceWatch(int limit)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        _limit = limit;
    }

    /// <summary>How many traces are remembered.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _traces.Count;
        }
    }

    /// <summary>
    /// Counts the spans of a payload that is being admitted, and returns the completion it is to carry instead of its own: that one is told
    /// by it. It is told once, however often pieces of the payload are tried or split.
    /// </summary>
    public DeliveryCompletion? Follow(OtlpPayload payload)
    {
        if (CountSpans(payload.Body.Span) is not { Count: > 0 } counts)
            return payload.Completion;

        var parts = new TracePart[counts.Count];
        var next = 0;
        lock (_lock)
        {
            foreach (var (id, spans) in counts)
            {
                var trace = Touch(id);
                trace.Accepted += spans;
                parts[next++] = new TracePart(trace, spans);
            }

            ForgetOldest();
        }

        return new TraceCompletion(this, parts, payload.Completion);
    }

    /// <summary>Notes how a payload ended.</summary>
    public void Finish(ReadOnlySpan<TracePart> parts, DeliveryStatus worst)
    {
        lock (_lock)
        {
            foreach (var (trace, spans) in parts)
            {
                trace.Finished += spans;
                if (worst > trace.Worst)
                    trace.Worst = worst;
                if (trace.Waiters is { } waiters && trace.Finished == trace.Accepted)
                    Wake(trace, waiters);
            }
        }
    }

    /// <summary>
    /// Completes when at least so many spans of a trace have been accepted, and all of it that was accepted by then is finished at every
    /// destination.
    /// </summary>
    /// <exception cref="OperationCanceledException">The deadline came first; the message says what had been seen.</exception>
    public async Task<TraceOutcome> WaitAsync(UInt128 id, int spans, CancellationToken cancellationToken)
    {
        var waiter = new TraceWaiter(spans);
        WatchedTrace trace;
        lock (_lock)
        {
            trace = Touch(id);
            if (trace.Has(spans))
            {
                ForgetOldest();
                return new TraceOutcome(trace.Accepted, trace.Worst);
            }

            if (trace.Waiters is null)
                Unlink(trace);
            (trace.Waiters ??= []).Add(waiter);
        }

        using var late = cancellationToken.UnsafeRegister(_ => GiveUp(trace, waiter, cancellationToken), null);
        return await waiter.Source.Task.ConfigureAwait(false);
    }

    /// <summary>
    /// Spans by trace; null where the body is not protobuf inside, which nobody has checked where it is our own process's.
    /// </summary>
    private static Dictionary<UInt128, int>? CountSpans(ReadOnlySpan<byte> body)
    {
        var counts = new Dictionary<UInt128, int>();
        try
        {
            foreach (var resource in new TracesReader(body))
            {
                foreach (var scope in resource.Scopes)
                {
                    foreach (var span in scope.Items)
                    {
                        if (span.TraceId.Length != TraceIdLength)
                            continue;
                        var id = BinaryPrimitives.ReadUInt128BigEndian(span.TraceId);
                        CollectionsMarshal.GetValueRefOrAddDefault(counts, id, out _)++;
                    }
                }
            }
        }
        catch (WireFormatException)
        {
            return null;
        }

        return counts;
    }

    private void GiveUp(WatchedTrace trace, TraceWaiter waiter, CancellationToken cancellationToken)
    {
        string seen;
        lock (_lock)
        {
            if (trace.Waiters is not { } waiters || !waiters.Remove(waiter))
                return;
            seen = Describe(trace, waiter.Spans);
            if (waiters.Count == 0)
                Release(trace);
        }

        waiter.Source.SetException(new OperationCanceledException(seen, cancellationToken));
    }

    private static string Describe(WatchedTrace trace, int spans)
    {
        var id = trace.Id.ToString("x32", CultureInfo.InvariantCulture);
        var missing = trace.Accepted < spans
            ? "What is not sampled, or left out by a processor, never arrives."
            : "A destination has not answered, or what failed is waiting to be tried again.";
        return $"Trace {id}: waited for {spans} spans; {trace.Accepted} were accepted, of which {trace.Finished} are finished at every "
            + $"destination (worst: {trace.Worst}). {missing}";
    }

    private void Wake(WatchedTrace trace, List<TraceWaiter> waiters)
    {
        for (var i = waiters.Count - 1; i >= 0; i--)
        {
            if (!trace.Has(waiters[i].Spans))
                continue;
            waiters[i].Source.SetResult(new TraceOutcome(trace.Accepted, trace.Worst));
            waiters.RemoveAt(i);
        }

        if (waiters.Count == 0)
            Release(trace);
    }

    /// <summary>Nobody waits for it any more; one of which nothing was seen need not be remembered.</summary>
    private void Release(WatchedTrace trace)
    {
        trace.Waiters = null;
        if (trace.Accepted == 0)
            _traces.Remove(trace.Id);
        else
            Link(trace);
        ForgetOldest();
    }

    /// <summary>The trace, as the one that was seen last.</summary>
    private WatchedTrace Touch(UInt128 id)
    {
        ref var trace = ref CollectionsMarshal.GetValueRefOrAddDefault(_traces, id, out var known);
        if (!known)
            trace = new WatchedTrace(id);
        else if (trace!.Waiters is null)
            Unlink(trace);
        if (trace!.Waiters is null)
            Link(trace);
        return trace;
    }

    private void ForgetOldest()
    {
        while (_traces.Count > _limit && _oldest is { } oldest)
        {
            Unlink(oldest);
            _traces.Remove(oldest.Id);
        }
    }

    private void Link(WatchedTrace trace)
    {
        trace.Older = _newest;
        if (_newest is null)
            _oldest = trace;
        else
            _newest.Newer = trace;
        _newest = trace;
    }

    private void Unlink(WatchedTrace trace)
    {
        if (trace.Older is null)
            _oldest = trace.Newer;
        else
            trace.Older.Newer = trace.Newer;
        if (trace.Newer is null)
            _newest = trace.Older;
        else
            trace.Newer.Older = trace.Older;
        trace.Older = trace.Newer = null;
    }
}
