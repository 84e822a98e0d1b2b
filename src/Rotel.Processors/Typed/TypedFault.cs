namespace Rotel.Processors.Typed;

/// <summary>How a step failed. A closed list: each has its own line in the log.</summary>
internal enum TypedFault
{
    /// <summary>It did not.</summary>
    None,

    /// <summary>It threw, or its object could not be made.</summary>
    Threw,

    /// <summary>Its time was over.</summary>
    TimeLimit,

    /// <summary>It was not called, for too many of its calls that were given up have not come back.</summary>
    Hangs,

    /// <summary>What it left is larger than allowed.</summary>
    TooLarge,

    /// <summary>What it left is nested too deep, or in a circle.</summary>
    TooDeep,

    /// <summary>
    /// What it left cannot be encoded, such as what another thread changes meanwhile; or the data could not be decoded for it.
    /// </summary>
    Unusable,
}
