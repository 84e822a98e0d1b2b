namespace Rotel.Processors.Sampling;

/// <summary>How an item leaves a sampler.</summary>
internal enum SamplingOutcome
{
    /// <summary>It does not.</summary>
    Drop,

    /// <summary>As it came.</summary>
    KeepAsItIs,

    /// <summary>With another threshold.</summary>
    KeepAt,

    /// <summary>
    /// Without a threshold: the one it came with cannot be true, so that nobody knows which share of items it stands for.
    /// </summary>
    KeepWithout,
}
