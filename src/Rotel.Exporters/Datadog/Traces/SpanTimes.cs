namespace Rotel.Exporters.Datadog.Traces;

/// <summary>Start and duration of a span in nanoseconds, as Datadog takes them.</summary>
internal readonly record struct SpanTimes(long Start, long Duration)
{
    /// <summary>What is earlier was not meant: 1 January 2000.</summary>
    private const ulong Earliest = 946_684_800_000_000_000;

    /// <summary>
    /// An end before the start makes a duration of zero. A span without a start that makes sense is put at its end, and one without either
    /// at the present.
    /// </summary>
    public static SpanTimes Of(ulong start, ulong end, TimeProvider time)
    {
        var duration = end > start ? end - start : 0;
        if (IsTime(start))
            return new SpanTimes((long)start, duration > long.MaxValue - start ? 0 : (long)duration);
        if (IsTime(end))
            return new SpanTimes((long)end, 0);

        var now = (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks * TimeSpan.NanosecondsPerTick;
        return new SpanTimes(duration < Earliest ? now - (long)duration : now, duration < Earliest ? (long)duration : 0);
    }

    private static bool IsTime(ulong nanoseconds) => nanoseconds is >= Earliest and <= long.MaxValue;
}
