namespace Rotel.Processors.Sampling;

/// <summary>What a percentage means for items that were sampled before, in their SDK or by another collector.</summary>
public enum SamplingMode
{
    /// <summary>The share of what arrives: 10 % of spans that arrive sampled at 50 % leaves 5 % of all.</summary>
    Proportional,

    /// <summary>
    /// The share of what there was: 10 % of spans that arrive sampled at 50 % leaves 10 % of all; those sampled at 1 % all pass.
    /// </summary>
    Equalizing,
}
