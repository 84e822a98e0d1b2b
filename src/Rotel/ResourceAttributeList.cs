using System.Collections;

namespace Rotel;

/// <summary>Resource attributes with text values, in the order in which they were first set; a name occurs once.</summary>
public sealed class ResourceAttributeList : IReadOnlyList<KeyValuePair<string, string>>
{
    private readonly List<KeyValuePair<string, string>> _attributes = [];

    /// <summary>Gets the number of attributes.</summary>
    public int Count => _attributes.Count;

    /// <summary>Gets the attribute at a position.</summary>
    /// <param name="index">From 0 to <see cref="Count"/> - 1.</param>
    public KeyValuePair<string, string> this[int index] => _attributes[index];

    /// <summary>Gets or sets the value of an attribute.</summary>
    /// <param name="name">The attribute's name, such as <c>service.namespace</c>.</param>
    /// <value>Null for one that is not in the list; setting null removes it.</value>
    public string? this[string name]
    {
        get => IndexOf(name) is >= 0 and var index ? _attributes[index].Value : null;
        set
        {
            ArgumentException.ThrowIfNullOrEmpty(name);
            var index = IndexOf(name);
            if (value is null && index >= 0)
                _attributes.RemoveAt(index);
            else if (value is not null && index >= 0)
                _attributes[index] = new(name, value);
            else if (value is not null)
                _attributes.Add(new(name, value));
        }
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => _attributes.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private int IndexOf(string name) => _attributes.FindIndex(attribute => attribute.Key == name);
}
