using Rotel.Processors.Attributes.Steps;
using Rotel.Processors.Editing;

namespace Rotel.Processors.Attributes;

/// <summary>
/// Actions made ready to be carried out on the attributes of one message after another. Immutable, so safe for concurrent use. Of a key
/// that a message holds more than once (https://opentelemetry.io/docs/specs/otel/common/#attribute-collections forbids it) the first
/// counts; setting and renaming remove the others, hashing, converting and deleting concern them all.
/// </summary>
internal sealed class AttributeActions : IKeyInterest
{
    private readonly AttributeStep[] _steps;

    // What the steps look for: an attribute of another key stays as it is.
    private readonly byte[][] _keys;
    private readonly KeyChoice[] _patterns;

    public AttributeActions(IEnumerable<AttributeAction> actions)
    {
        _steps = [.. actions.Select(Make)];
        _keys = [.. _steps.SelectMany(step => step.Keys)];
        _patterns = [.. _steps.Select(step => step.Pattern).OfType<KeyChoice>()];
    }

    /// <summary>Whether there is nothing to do.</summary>
    public bool IsEmpty => _steps.Length == 0;

    /// <summary>Whether anything is removed or hashed, which then must not leave unread.</summary>
    public bool Hides => Array.Exists(_steps, static step => step is DeleteStep or HashStep);

    /// <summary>Sets all of these, or, if told so, only those that are not there.</summary>
    public static AttributeActions Setting(IEnumerable<KeyValuePair<string, AttributeValue>> attributes, bool onlyMissing = false)
    {
        var kind = onlyMissing ? AttributeActionKind.Insert : AttributeActionKind.Upsert;
        return new(attributes.Select(attribute => new AttributeAction(kind) { Key = attribute.Key, Value = attribute.Value }));
    }

    public bool Concerns(ReadOnlySpan<byte> key, EditScratch scratch)
    {
        foreach (var wanted in _keys)
        {
            if (key.SequenceEqual(wanted))
                return true;
        }

        foreach (var pattern in _patterns)
        {
            if (pattern.Matches(key, scratch))
                return true;
        }

        return false;
    }

    /// <summary>Carries them out on what was read for them.</summary>
    public void Apply(ref AttributeEdit edit, EditScratch scratch)
    {
        foreach (var step in _steps)
            step.Apply(ref edit, scratch);
    }

    private static AttributeStep Make(AttributeAction action) => action.Kind switch
    {
        AttributeActionKind.Insert or AttributeActionKind.Update or AttributeActionKind.Upsert => action.FromKey is { } source
            ? new CopyStep(action.Kind, action.Key!, source)
            : new SetStep(action.Kind, action.Key!, action.Value!),
        AttributeActionKind.Extract => new ExtractStep(action.Key!, UserPattern.Compile(action.Pattern!)),
        AttributeActionKind.Convert => new ConvertStep(action.Key!, action.Type!.Value),
        AttributeActionKind.Rename => new RenameStep(action.Key!, action.NewKey!),
        AttributeActionKind.Hash => new HashStep(KeyChoice.Of(action)),
        _ => new DeleteStep(KeyChoice.Of(action)),
    };
}
