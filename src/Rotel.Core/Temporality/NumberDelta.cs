using Rotel.Otlp.Readers;

namespace Rotel.Temporality;

/// <summary>What one cumulative point of a sum adds.</summary>
/// <param name="Outcome">Whether there is a value, and of what kind.</param>
/// <param name="Value">
/// The difference, or for <see cref="DeltaOutcome.First"/> and <see cref="DeltaOutcome.Restart"/> the whole value. Of the point's own
/// kind, so that large integers are exact.
/// </param>
/// <param name="FromUnixNano">The time of the point before, or the start of the series; 0 when that is unknown.</param>
/// <param name="ToUnixNano">The point's time.</param>
/// <param name="StartWasWatched">See <see cref="CumulativeSeries"/>.</param>
internal readonly record struct NumberDelta(
    DeltaOutcome Outcome, NumberValue Value, ulong FromUnixNano, ulong ToUnixNano, bool StartWasWatched)
{
    /// <summary>The value as a double, whichever kind it is.</summary>
    public double AsDouble => Value.Kind == NumberKind.Int ? Value.Int : Value.Double;
}
