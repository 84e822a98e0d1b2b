namespace Rotel.Processors.Redaction;

/// <summary>What happens to an attribute for its key.</summary>
internal enum KeyVerdict : byte
{
    /// <summary>Not looked at yet.</summary>
    None,

    /// <summary>It stays; its value is looked at.</summary>
    Allowed,

    /// <summary>It stays as it is.</summary>
    Ignored,

    /// <summary>It goes.</summary>
    Deleted,

    /// <summary>It stays, with its value masked.</summary>
    Blocked,

    /// <summary>It goes; where keys stay whatever they are called, within attributes, its value is masked.</summary>
    DeletedOrBlocked,
}
