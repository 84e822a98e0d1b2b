namespace Rotel.Processors.Sampling;

/// <summary>
/// Decides by one percentage. Decisions are consistent: of two items with the same randomness, the one that is sampled at a higher
/// probability is kept whenever the other is. A threshold is never lowered. Immutable.
/// </summary>
internal sealed class SamplingStage
{
    private readonly SamplingMode _mode;
    private readonly int _precision;
    private readonly double _ratio;

    /// <param name="percentage">From 0 to 100.</param>
    /// <param name="mode">What it means for items with a threshold.</param>
    /// <param name="precision">Of thresholds, as <see cref="SamplingThreshold.FromProbability"/>.</param>
    public SamplingStage(double percentage, SamplingMode mode, int precision)
    {
        _mode = mode;
        _precision = precision;
        _ratio = percentage / 100;
        Threshold = SamplingThreshold.FromProbability(_ratio, precision);
        KeepsAll = percentage >= 100;
    }

    /// <summary>Whether items pass without being looked at.</summary>
    public bool KeepsAll { get; }

    /// <summary>What items get that came without one; null when none is kept.</summary>
    public SamplingThreshold? Threshold { get; }

    public SamplingDecision Decide(ulong randomness, in IncomingThreshold incoming)
    {
        // Whatever an item came with, its threshold only rises from here.
        if (Threshold is not { } own || !own.Keeps(randomness))
            return new SamplingDecision(SamplingOutcome.Drop);
        if (!incoming.IsThere)
            return new SamplingDecision(SamplingOutcome.KeepAt, own);
        if (!incoming.IsTrueOf(randomness, out var before))
            return new SamplingDecision(SamplingOutcome.KeepWithout);
        if (Raise(before, own) is not { } after || !after.Keeps(randomness))
            return new SamplingDecision(SamplingOutcome.Drop);
        return after == before ? new SamplingDecision(SamplingOutcome.KeepAsItIs) : new SamplingDecision(SamplingOutcome.KeepAt, after);
    }

    /// <summary>Null when the share that is left is too small for any item to be kept.</summary>
    private SamplingThreshold? Raise(SamplingThreshold before, SamplingThreshold own)
    {
        var least = new SamplingThreshold(Math.Max(before.Value, own.Value));
        if (_mode == SamplingMode.Equalizing)
            return least;

        // Rounding must not lower what is there.
        return SamplingThreshold.FromProbability(before.Probability * _ratio, _precision) is { } product
            ? new SamplingThreshold(Math.Max(product.Value, least.Value))
            : null;
    }
}
