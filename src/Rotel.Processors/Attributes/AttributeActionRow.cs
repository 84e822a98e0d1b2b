namespace Rotel.Processors.Attributes;

/// <summary>The rows of settings that hold actions, in the order in which settings carry them out.</summary>
internal enum AttributeActionRow
{
    Insert,
    InsertFrom,
    Update,
    UpdateFrom,
    Upsert,
    UpsertFrom,
    Extract,
    Convert,
    Rename,
    Hash,
    HashPatterns,
    Delete,
    DeletePatterns,
}
