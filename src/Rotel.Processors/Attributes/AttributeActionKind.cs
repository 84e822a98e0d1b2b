namespace Rotel.Processors.Attributes;

/// <summary>What an <see cref="AttributeAction"/> does.</summary>
public enum AttributeActionKind
{
    /// <summary>Adds an attribute whose key is not there.</summary>
    Insert,

    /// <summary>Gives an attribute that is there another value.</summary>
    Update,

    /// <summary>Gives an attribute a value, there or not.</summary>
    Upsert,

    /// <summary>Adds what the named groups of a pattern find in a text.</summary>
    Extract,

    /// <summary>Makes another type of a value.</summary>
    Convert,

    /// <summary>Gives an attribute another key.</summary>
    Rename,

    /// <summary>Puts the SHA-256 of a value in its place.</summary>
    Hash,

    /// <summary>Removes an attribute.</summary>
    Delete,
}
