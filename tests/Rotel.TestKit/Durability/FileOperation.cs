namespace Rotel.TestKit.Durability;

/// <summary>What a file system is asked for, as far as it can be made to fail.</summary>
internal enum FileOperation
{
    Open,
    Read,
    Write,
    Sync,
    Truncate,
    Delete,
    Rename,
}
