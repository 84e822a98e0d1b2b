using System.Collections;

namespace Rotel.Processors.Attributes;

/// <summary>
/// What is done to the attributes of a message, one after another: each action sees what those before it have done. Actions from settings
/// come first, in the order of their kinds; those that code adds follow in the order of the calls.
/// </summary>
public sealed class AttributeActionList : IReadOnlyList<AttributeAction>
{
    private readonly List<AttributeAction> _actions = [];

    internal AttributeActionList()
    {
    }

    /// <summary>Gets the number of actions.</summary>
    public int Count => _actions.Count;

    /// <summary>Gets the action at a position.</summary>
    /// <param name="index">From 0 to <see cref="Count"/> - 1.</param>
    public AttributeAction this[int index] => _actions[index];

    /// <summary>Adds an attribute where there is none of its key.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">Its value.</param>
    /// <returns>The list.</returns>
    public AttributeActionList Insert(string key, AttributeValue value) => Set(AttributeActionKind.Insert, key, value);

    /// <summary>Gives an attribute a value where it is there; where it is there more than once, the others are removed.</summary>
    /// <inheritdoc cref="Insert"/>
    public AttributeActionList Update(string key, AttributeValue value) => Set(AttributeActionKind.Update, key, value);

    /// <summary>Adds an attribute, or gives the one that is there the value, as <see cref="Update"/> does.</summary>
    /// <inheritdoc cref="Insert"/>
    public AttributeActionList Upsert(string key, AttributeValue value) => Set(AttributeActionKind.Upsert, key, value);

    /// <summary>As <see cref="Insert"/>, with the value of another attribute; nothing is done where that is not there.</summary>
    /// <param name="key">The key.</param>
    /// <param name="source">The key of the attribute whose value is copied.</param>
    /// <returns>The list.</returns>
    public AttributeActionList InsertFrom(string key, string source) => Copy(AttributeActionKind.Insert, key, source);

    /// <summary>As <see cref="Update"/>, with the value of another attribute; nothing is done where that is not there.</summary>
    /// <inheritdoc cref="InsertFrom"/>
    public AttributeActionList UpdateFrom(string key, string source) => Copy(AttributeActionKind.Update, key, source);

    /// <summary>As <see cref="Upsert"/>, with the value of another attribute; nothing is done where that is not there.</summary>
    /// <inheritdoc cref="InsertFrom"/>
    public AttributeActionList UpsertFrom(string key, string source) => Copy(AttributeActionKind.Upsert, key, source);

    /// <summary>
    /// Sets, as <see cref="Upsert"/> does, an attribute for each named group that takes part in the first match of a pattern in the text of
    /// an attribute; nothing is done where there is no text or no match.
    /// </summary>
    /// <param name="key">The key of the attribute that is read.</param>
    /// <param name="pattern">A regular expression with named groups, found anywhere in the text.</param>
    /// <returns>The list.</returns>
    public AttributeActionList Extract(string key, string pattern)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(pattern);
        return Add(new(AttributeActionKind.Extract) { Key = key, Pattern = pattern });
    }

    /// <summary>Makes another type of a value; what cannot be converted stays as it is.</summary>
    /// <param name="key">The key.</param>
    /// <param name="type">The type.</param>
    /// <returns>The list.</returns>
    public AttributeActionList Convert(string key, AttributeValueType type)
    {
        ArgumentNullException.ThrowIfNull(key);
        return Add(new(AttributeActionKind.Convert) { Key = key, Type = type });
    }

    /// <summary>Gives an attribute another key; others of that key are removed.</summary>
    /// <param name="key">The key.</param>
    /// <param name="newKey">The key that it is given.</param>
    /// <returns>The list.</returns>
    public AttributeActionList Rename(string key, string newKey)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(newKey);
        return Add(new(AttributeActionKind.Rename) { Key = key, NewKey = newKey });
    }

    /// <summary>
    /// Puts the SHA-256 of a value's text in its place, in lower-case hexadecimal. Numbers, booleans and JSON count as the text that
    /// <see cref="AttributeValueType.Text"/> makes of them; an empty value stays.
    /// </summary>
    /// <param name="key">The key.</param>
    /// <returns>The list.</returns>
    public AttributeActionList Hash(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return Add(new(AttributeActionKind.Hash) { Key = key });
    }

    /// <summary>As <see cref="Hash"/>, for all attributes whose keys match.</summary>
    /// <param name="pattern">A regular expression, found anywhere in the key.</param>
    /// <returns>The list.</returns>
    public AttributeActionList HashMatching(string pattern)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        return Add(new(AttributeActionKind.Hash) { Pattern = pattern });
    }

    /// <summary>Removes an attribute.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The list.</returns>
    public AttributeActionList Delete(string key)
    {
        ArgumentNullException.ThrowIfNull(key);
        return Add(new(AttributeActionKind.Delete) { Key = key });
    }

    /// <summary>Removes all attributes whose keys match.</summary>
    /// <param name="pattern">A regular expression, found anywhere in the key.</param>
    /// <returns>The list.</returns>
    public AttributeActionList DeleteMatching(string pattern)
    {
        ArgumentNullException.ThrowIfNull(pattern);
        return Add(new(AttributeActionKind.Delete) { Pattern = pattern });
    }

    /// <summary>Removes all actions, those from settings included.</summary>
    public void Clear() => _actions.Clear();

    /// <summary>Lists the actions.</summary>
    /// <returns>The actions in order.</returns>
    public IEnumerator<AttributeAction> GetEnumerator() => _actions.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Takes a pair from a source of settings: in place of one of the same row and key, or behind the last of its row.</summary>
    internal void SetFromSettings(AttributeAction action)
    {
        var same = _actions.FindIndex(other => other.Row == action.Row && other.Key == action.Key && other.Pattern == action.Pattern);
        if (action.Row == AttributeActionRow.Extract)
            same = _actions.FindIndex(other => other.Row == action.Row && other.Key == action.Key);
        if (same >= 0)
        {
            _actions[same] = action;
            return;
        }

        var next = _actions.FindIndex(other => other.Row > action.Row);
        _actions.Insert(next < 0 ? _actions.Count : next, action);
    }

    /// <summary>Forgets what sources of settings said in a row that is a list.</summary>
    internal void ClearRow(AttributeActionRow row) => _actions.RemoveAll(action => action.Row == row);

    private AttributeActionList Set(AttributeActionKind kind, string key, AttributeValue value)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(value);
        return Add(new(kind) { Key = key, Value = value });
    }

    private AttributeActionList Copy(AttributeActionKind kind, string key, string source)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(source);
        return Add(new(kind) { Key = key, FromKey = source });
    }

    private AttributeActionList Add(AttributeAction action)
    {
        _actions.Add(action);
        return this;
    }
}
