namespace Rotel.Processors.Typed;

/// <summary>One of the <see cref="TypedThreads"/>; changed under their lock.</summary>
internal sealed class TypedThread
{
    /// <summary>How often it has asked for work.</summary>
    public int Round { get; set; }

    /// <summary>Whether it is not counted on at the moment.</summary>
    public bool IsGivenUp { get; set; }
}
