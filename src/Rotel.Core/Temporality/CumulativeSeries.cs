using Rotel.Memory;
using Rotel.Otlp.Readers;

namespace Rotel.Temporality;

/// <summary>
/// Turns cumulative points into deltas: remembers the last point of every series, within bounds, and says what the next one adds. Safe for
/// concurrent use; batches may come out of order.
/// </summary>
/// <remarks>
/// <para>
/// A run of a series is what it counts from one start to the next, with the same bounds of buckets. Points of several runs may come mixed,
/// from batches that overtook each other or from two processes that (wrongly) share an identity: each run has a memory of its own, so that
/// every one is counted right.
/// Starts that differ by less than two seconds are one: some senders compute them again for each point.
/// </para>
/// <para>
/// <b>The first point.</b> Nothing is known to subtract, and whether the value counts whole is the caller's decision. What speaks for it is
/// <c>StartWasWatched</c>: the run started after this began to watch and after the last point of every series that was ever forgotten, so
/// that none of it can have been counted before. A start that is the point's own time says that the real one is unknown
/// (https://opentelemetry.io/docs/specs/otel/metrics/data-model/#cumulative-streams-handling-unknown-start-time).
/// </para>
/// </remarks>
internal sealed partial class CumulativeSeries : IDisposable
{
    /// <summary>Buckets of one histogram that are remembered at most, both signs together: 64 KiB.</summary>
    public const int MaxBuckets = 8192;

    /// <summary>DataPointFlags.FLAG_NO_RECORDED_VALUE.</summary>
    private const uint NoRecordedValue = 1;

    private const ulong SameStartNano = 2_000_000_000;

    private readonly Lock _lock = new();
    private readonly SeriesTable _table;
    private readonly ulong _watchedSince;

    /// <param name="limits">How much is remembered, and how long.</param>
    /// <param name="budget">Charged with what is remembered, as overdraft: it is bounded by the limits.</param>
    /// <param name="time">The clock of expiry.</param>
    /// <param name="watchedSince">What started later has been counted by nobody before: when this process started.</param>
    public CumulativeSeries(CumulativeSeriesLimits limits, ByteBudget budget, TimeProvider time, DateTimeOffset watchedSince)
    {
        _table = new SeriesTable(limits, budget, time);
        _watchedSince = (ulong)Math.Max(0, (watchedSince - DateTimeOffset.UnixEpoch).Ticks) * TimeSpan.NanosecondsPerTick;
    }

    /// <summary>Series remembered now.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
                return _table.Count;
        }
    }

    /// <summary>Bytes they take, all of them charged to the budget.</summary>
    public long Bytes
    {
        get
        {
            lock (_lock)
                return _table.Bytes;
        }
    }

    /// <summary>How many series were forgotten before their time because there was no room, ever: the limits are too low.</summary>
    public long Evicted
    {
        get
        {
            lock (_lock)
                return _table.Evicted;
        }
    }

    /// <summary>Takes a point of a sum.</summary>
    /// <param name="key">Of the point, with its attributes.</param>
    /// <param name="point">A cumulative one.</param>
    /// <param name="monotonic">Whether a lower value is a restart; else it is a negative difference.</param>
    public NumberDelta Number(SeriesKey key, NumberDataPointReader point, bool monotonic)
    {
        var value = point.Number;
        if ((point.Flags & NoRecordedValue) != 0 || value.Kind == NumberKind.None
            || (value.Kind == NumberKind.Double && !double.IsFinite(value.Double)))
        {
            return default;
        }

        lock (_lock)
        {
            var run = Enter(key, point.StartTimeUnixNano, point.TimeUnixNano, shape: 0, blockLength: 0);
            if (run.Outcome == DeltaOutcome.Late)
                return new NumberDelta(run.Outcome, default, run.From, point.TimeUnixNano, false);

            ref var state = ref _table[run.Index];
            var before = state.Kind == NumberKind.Int ? NumberValue.OfInt(state.Bits) : NumberValue.OfDouble(state.Bits);
            var outcome = run.Outcome;
            if (outcome == DeltaOutcome.Difference && monotonic && IsLess(value, before))
                outcome = DeltaOutcome.Restart;
            state.Bits = value.Kind == NumberKind.Int ? (ulong)value.Int : BitConverter.DoubleToUInt64Bits(value.Double);
            state.Kind = value.Kind;
            return new NumberDelta(
                outcome, outcome == DeltaOutcome.Difference ? Subtract(value, before) : value, run.From, point.TimeUnixNano,
                run.StartWasWatched);
        }
    }

    public void Dispose()
    {
        lock (_lock)
            _table.Dispose();
    }

    /// <summary>
    /// Finds the run a point belongs to, or begins it, and puts the point's times there. With <see cref="DeltaOutcome.Late"/> nothing was
    /// changed; with <see cref="DeltaOutcome.Difference"/> the values before are still there; else they are empty.
    /// </summary>
    /// <param name="key">Of the series.</param>
    /// <param name="start">Of the run; 0 when unknown.</param>
    /// <param name="time">Of the point.</param>
    /// <param name="shape">Of explicit buckets: a hash of their bounds. 0 for all else.</param>
    /// <param name="blockLength">How many numbers to keep beside a run that begins.</param>
    private Run Enter(SeriesKey key, ulong start, ulong time, ulong shape, int blockLength)
    {
        _table.Sweep();
        var index = _table.Find(key);
        if (index < 0)
            return Begin(_table.Add(key, blockLength), DeltaOutcome.First, start, time, shape);

        ref var state = ref _table[index];
        if (shape == state.Shape && IsSameRun(start, state))
            return Continue(index, start, time);

        // Another run: one that is remembered beside the series' own, or one that begins.
        var runKey = key.WithRun(start, shape);
        var known = _table.Find(runKey);
        if (known >= 0)
            return Continue(known, start, time);
        if (start <= state.Start)
            return Begin(_table.Add(runKey, blockLength), DeltaOutcome.First, start, time, shape);

        // Looking for the run may have forgotten it, where it was expired, and so have moved the series.
        index = _table.Find(key);
        state = ref _table[index];

        // It takes the series' place. That it began after the last point was seen proves a restart.
        var outcome = start >= state.Time && start < time ? DeltaOutcome.Restart : DeltaOutcome.First;
        _table.Rename(index, key.WithRun(state.Start, state.Shape));
        return Begin(_table.Add(key, blockLength), outcome, start, time, shape);
    }

    private Run Begin(int index, DeltaOutcome outcome, ulong start, ulong time, ulong shape)
    {
        ref var state = ref _table[index];
        state.Start = start;
        state.Time = time;
        state.Bits = shape;
        var isWatched = start != 0 && start < time && start >= _watchedSince && start > _table.ForgottenUntil;
        return new Run(index, outcome, start, isWatched);
    }

    private Run Continue(int index, ulong start, ulong time)
    {
        ref var state = ref _table[index];
        if (time <= state.Time)
            return new Run(index, DeltaOutcome.Late, state.Time, false);

        var from = state.Time;
        state.Time = time;
        if (state.Start == 0)
            state.Start = start;
        _table.Use(index);
        return new Run(index, DeltaOutcome.Difference, from, false);
    }

    /// <summary>Where a start is unknown, only a lower value tells of a restart.</summary>
    private static bool IsSameRun(ulong start, in SeriesState state)
    {
        if (start == state.Start || start == 0)
            return true;
        if (start >= state.Time)
            return false;
        var apart = start > state.Start ? start - state.Start : state.Start - start;
        return state.Start == 0 || apart < SameStartNano;
    }

    private static bool IsLess(NumberValue value, NumberValue before) =>
        value.Kind == NumberKind.Int && before.Kind == NumberKind.Int ? value.Int < before.Int : AsDouble(value) < AsDouble(before);

    private static NumberValue Subtract(NumberValue value, NumberValue before)
    {
        if (value.Kind == NumberKind.Int && before.Kind == NumberKind.Int)
        {
            var difference = unchecked(value.Int - before.Int);

            // Overflowed when the operands' signs differ and the result's is not the first's.
            if (((value.Int ^ before.Int) & (value.Int ^ difference)) >= 0)
                return NumberValue.OfInt((ulong)difference);
        }

        return NumberValue.OfDouble(BitConverter.DoubleToUInt64Bits(AsDouble(value) - AsDouble(before)));
    }

    private static double AsDouble(NumberValue value) => value.Kind == NumberKind.Int ? value.Int : value.Double;

    /// <summary>Where a point's series is, and how the point relates to it.</summary>
    private readonly record struct Run(int Index, DeltaOutcome Outcome, ulong From, bool StartWasWatched);
}
