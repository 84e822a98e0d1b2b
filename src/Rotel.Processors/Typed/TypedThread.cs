namespace Rotel.Processors.Typed;

/// <summary>One of the <see cref="TypedThreads"/>.</summary>
internal sealed class TypedThread
{
    /// <summary>Whether it is not counted on at the moment; guarded by the owner's lock.</summary>
    public bool IsGivenUp { get; set; }
}
