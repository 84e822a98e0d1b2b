namespace Rotel.Processors.Redaction;

/// <summary>What became of a key, as a summary says it, in the order in which it is said.</summary>
internal enum RedactionCategory
{
    Deleted,
    Masked,
    Allowed,
    Ignored,
}
