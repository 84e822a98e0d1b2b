using System.Diagnostics.CodeAnalysis;
using System.Text;
using Rotel.Memory;
using Rotel.Otlp.Readers;
using Rotel.Otlp.Text;

namespace Rotel.Exporters.Datadog.Resources;

/// <summary>
/// The attributes of a resource as text, which the rules look through. Of a key that occurs twice, against the protocol, the first counts.
/// </summary>
internal sealed class ResourceAttributes
{
    private readonly Dictionary<string, (string Text, bool IsString)> _values = new(StringComparer.Ordinal);

    /// <param name="attributes">Of the resource.</param>
    /// <param name="pool">For the text of arrays and the like.</param>
    public ResourceAttributes(WireList<KeyValueReader> attributes, BufferPool pool)
    {
        using var text = new PooledBytes(pool);
        foreach (var attribute in attributes)
        {
            var value = attribute.Value;
            text.Clear();
            AttributeText.Write(value, text);
            _values.TryAdd(Encoding.UTF8.GetString(attribute.Key), (Encoding.UTF8.GetString(text.Span), value.Kind == AnyValueKind.String));
        }
    }

    /// <summary>Every attribute once, its value as text.</summary>
    public IEnumerable<KeyValuePair<string, string>> All => _values.Select(pair => KeyValuePair.Create(pair.Key, pair.Value.Text));

    /// <summary>Every attribute that is a string and not empty.</summary>
    public IEnumerable<KeyValuePair<string, string>> Strings => _values
        .Where(pair => pair.Value.IsString && pair.Value.Text.Length > 0)
        .Select(pair => KeyValuePair.Create(pair.Key, pair.Value.Text));

    /// <summary>The value of whatever kind as text, if there is the attribute.</summary>
    public bool TryGetText(string key, [NotNullWhen(true)] out string? text)
    {
        var isThere = _values.TryGetValue(key, out var value);
        text = isThere ? value.Text : null;
        return isThere;
    }

    /// <summary>The value of whatever kind as text; empty when there is none.</summary>
    public string Text(string key) => TryGetText(key, out var text) ? text : string.Empty;

    /// <summary>The first of these attributes that is not empty, as text; empty when there is none.</summary>
    public string FirstText(string key, string olderKey) => Text(key) is { Length: > 0 } text ? text : Text(olderKey);

    /// <summary>The value where it is a string, else empty.</summary>
    public string String(string key) => _values.TryGetValue(key, out var value) && value.IsString ? value.Text : string.Empty;
}
