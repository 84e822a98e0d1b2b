namespace Rotel.Temporality;

/// <summary>What one point of a summary adds, whose count and sum are always cumulative.</summary>
/// <param name="Outcome">Whether there are values, and of what kind.</param>
/// <param name="Count">Of <see cref="DeltaOutcome.First"/> and <see cref="DeltaOutcome.Restart"/> the whole count.</param>
/// <param name="Sum">Likewise; null when it is not finite.</param>
/// <param name="FromUnixNano">The time of the point before, or the start of the series; 0 when that is unknown.</param>
/// <param name="ToUnixNano">The point's time.</param>
/// <param name="StartWasWatched">See <see cref="CumulativeSeries"/>.</param>
internal readonly record struct SummaryDelta(
    DeltaOutcome Outcome, ulong Count, double? Sum, ulong FromUnixNano, ulong ToUnixNano, bool StartWasWatched);
