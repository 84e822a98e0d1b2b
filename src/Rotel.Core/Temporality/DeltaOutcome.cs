namespace Rotel.Temporality;

/// <summary>What became of one cumulative point.</summary>
internal enum DeltaOutcome
{
    /// <summary>
    /// Nothing to count, and the series stays as it is known: the point says that there is no value
    /// (FLAG_NO_RECORDED_VALUE, no value at all), or its value is not a finite number.
    /// </summary>
    NoValue = 0,

    /// <summary>
    /// The difference to the point before, which may be zero; what came in between, in points that were lost or came late, is in it.
    /// </summary>
    Difference,

    /// <summary>
    /// The series began anew after its last point: its value counts whole, from the new start. What it counted between its last point and
    /// its end nobody knows.
    /// </summary>
    Restart,

    /// <summary>
    /// Nothing is known to subtract, and the value is whole: the caller decides whether it counts. See
    /// <see cref="CumulativeSeries"/> for what speaks for it.
    /// </summary>
    First,

    /// <summary>
    /// As old as the point last seen, or older: a duplicate, or overtaken. There is nothing to count and nothing is lost, for the later
    /// point's value contains this one's and the difference to it was counted then.
    /// </summary>
    Late,

    /// <summary>
    /// A histogram of more than <see cref="CumulativeSeries.MaxBuckets"/> buckets, which are not remembered: nothing to count.
    /// </summary>
    TooLarge,
}
