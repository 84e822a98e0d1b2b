namespace Rotel.Temporality;

/// <summary>
/// What one cumulative point of a histogram adds: filled by <see cref="CumulativeSeries"/>, read and used again by one thread.
/// </summary>
internal abstract class DistributionDelta
{
    /// <summary>Whether there are values, and of what kind.</summary>
    public DeltaOutcome Outcome { get; private set; }

    /// <summary>The time of the point before, or the start of the series; 0 when that is unknown.</summary>
    public ulong FromUnixNano { get; private set; }

    /// <summary>The point's time.</summary>
    public ulong ToUnixNano { get; private set; }

    /// <summary>See <see cref="CumulativeSeries"/>.</summary>
    public bool StartWasWatched { get; private set; }

    public ulong Count { get; private set; }

    /// <summary>Null when a point had none, or none that is finite.</summary>
    public double? Sum { get; private set; }

    /// <summary>
    /// The least value of the interval, where it is known: it is below all before. A value that only repeats the least is not seen.
    /// </summary>
    public double? Min { get; private set; }

    /// <summary>The greatest value of the interval, where it is known: it is above all before.</summary>
    public double? Max { get; private set; }

    internal void Reset(ulong toUnixNano)
    {
        Outcome = DeltaOutcome.NoValue;
        FromUnixNano = 0;
        ToUnixNano = toUnixNano;
        StartWasWatched = false;
        Count = 0;
        Sum = Min = Max = null;
        ResetBuckets();
    }

    internal void SetRun(DeltaOutcome outcome, ulong fromUnixNano, bool startWasWatched)
    {
        Outcome = outcome;
        FromUnixNano = fromUnixNano;
        StartWasWatched = startWasWatched;
    }

    internal void SetValues(in DistributionTotals values)
    {
        Count = values.Count;
        Sum = Known(values.Sum);
        Min = Known(values.Min);
        Max = Known(values.Max);
    }

    internal void SetDifference(in DistributionTotals values, in DistributionTotals before)
    {
        Count = values.Count - before.Count;
        Sum = Known(values.Sum - before.Sum);
        Min = values.Min < before.Min || before.Count == 0 ? Known(values.Min) : null;
        Max = values.Max > before.Max || before.Count == 0 ? Known(values.Max) : null;
    }

    private protected abstract void ResetBuckets();

    private static double? Known(double value) => double.IsFinite(value) ? value : null;
}
