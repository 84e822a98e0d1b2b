namespace Rotel.Pipelines;

/// <summary>Why a processor left items out. A closed list: each is counted under its own name.</summary>
internal enum ProcessorLossReason
{
    /// <summary>A condition of a filter said so.</summary>
    Filtered,

    /// <summary>A sampler did not choose them.</summary>
    SampledOut,

    /// <summary>The user's own code removed them.</summary>
    Removed,

    /// <summary>
    /// The user's own code failed on them, and the options say to drop what it fails on; or a processor that hides data could not read
    /// them.
    /// </summary>
    ProcessorFault,
}
