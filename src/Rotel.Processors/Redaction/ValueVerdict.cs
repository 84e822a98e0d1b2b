namespace Rotel.Processors.Redaction;

/// <summary>What the patterns say of a text.</summary>
internal enum ValueVerdict : byte
{
    /// <summary>Not looked at yet.</summary>
    None,

    /// <summary>Nothing in it is blocked.</summary>
    Clean,

    /// <summary>Blocked, but allowed by another pattern.</summary>
    Allowed,

    /// <summary>Blocked, or not decided in time.</summary>
    Blocked,
}
