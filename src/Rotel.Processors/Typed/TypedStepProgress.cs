namespace Rotel.Processors.Typed;

/// <summary>What one step has done in one run.</summary>
internal struct TypedStepProgress
{
    /// <summary>Time its calls took.</summary>
    public TimeSpan Used;

    /// <summary>It failed at least once, and that is counted.</summary>
    public bool HasFailed;

    /// <summary>It is not called for this payload any more.</summary>
    public bool IsOut;

    /// <summary>It is not called for this ResourceX any more.</summary>
    public bool IsOutHere;

    /// <summary>Items it took out of this ResourceX.</summary>
    public int RemovedHere;

    /// <summary>Items it took out of those before.</summary>
    public int Removed;

    /// <summary>Items that were dropped because it failed.</summary>
    public int Dropped;

    public readonly bool IsSkipped => IsOut || IsOutHere;
}
