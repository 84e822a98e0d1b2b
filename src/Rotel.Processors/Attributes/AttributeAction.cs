namespace Rotel.Processors.Attributes;

/// <summary>
/// One thing that is done to the attributes of a message. Made by the methods of <see cref="AttributeActionList"/>; immutable.
/// </summary>
public sealed class AttributeAction
{
    internal AttributeAction(AttributeActionKind kind) => Kind = kind;

    /// <summary>Gets what is done.</summary>
    public AttributeActionKind Kind { get; }

    /// <summary>Gets the key of the attribute it is done to.</summary>
    /// <value>Null where <see cref="Pattern"/> says which keys.</value>
    public string? Key { get; internal init; }

    /// <summary>Gets the regular expression that finds keys, or, of an extraction, parts of the value.</summary>
    public string? Pattern { get; internal init; }

    /// <summary>Gets the value that is set.</summary>
    public AttributeValue? Value { get; internal init; }

    /// <summary>Gets the key of the attribute whose value is set.</summary>
    public string? FromKey { get; internal init; }

    /// <summary>Gets the key that is given.</summary>
    public string? NewKey { get; internal init; }

    /// <summary>Gets the type that is made.</summary>
    public AttributeValueType? Type { get; internal init; }

    /// <summary>The name of a type as a setting gave it, which may be none.</summary>
    internal string? TypeName { get; init; }

    /// <summary>The row of settings that says the same.</summary>
    internal AttributeActionRow Row => Kind switch
    {
        AttributeActionKind.Insert => FromKey is null ? AttributeActionRow.Insert : AttributeActionRow.InsertFrom,
        AttributeActionKind.Update => FromKey is null ? AttributeActionRow.Update : AttributeActionRow.UpdateFrom,
        AttributeActionKind.Upsert => FromKey is null ? AttributeActionRow.Upsert : AttributeActionRow.UpsertFrom,
        AttributeActionKind.Extract => AttributeActionRow.Extract,
        AttributeActionKind.Convert => AttributeActionRow.Convert,
        AttributeActionKind.Rename => AttributeActionRow.Rename,
        AttributeActionKind.Hash => Key is null ? AttributeActionRow.HashPatterns : AttributeActionRow.Hash,
        _ => Key is null ? AttributeActionRow.DeletePatterns : AttributeActionRow.Delete,
    };

    /// <summary>The right side of the pair in settings, or the only item.</summary>
    internal string Text => Kind switch
    {
        AttributeActionKind.Extract => Pattern!,
        AttributeActionKind.Convert => TypeName ?? Type switch
        {
            AttributeValueType.Text => "string",
            AttributeValueType.WholeNumber => "int",
            AttributeValueType.FloatingPoint => "double",
            _ => "bool",
        },
        AttributeActionKind.Rename => NewKey!,
        _ => FromKey ?? Value?.ToString() ?? Pattern ?? Key!,
    };
}
