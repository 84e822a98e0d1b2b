using System.Text;
using System.Text.Json;

namespace Rotel.Processors.Detection;

/// <summary>What a metadata service answered, or why there is no answer that can be used.</summary>
/// <param name="Body">Null when there is none.</param>
/// <param name="Problem">Null when there is a body. Without the URL, and without anything of the answer.</param>
internal sealed record MetadataAnswer(byte[]? Body, string? Problem)
{
    private const int MaxTokenLength = 1024;

    public static MetadataAnswer Failed(string problem) => new(null, problem);

    /// <summary>The body as one object of JSON; null when it is anything else, or not there.</summary>
    public JsonElement? Json()
    {
        if (Body is null)
            return null;
        try
        {
            using var document = JsonDocument.Parse(Body);
            return document.RootElement.ValueKind == JsonValueKind.Object ? document.RootElement.Clone() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The body as one word of visible ASCII, which can stand in a header; null when it is anything else.</summary>
    public string? Word()
    {
        if (Body is null || Body.Length > MaxTokenLength)
            return null;
        var text = Encoding.ASCII.GetString(Body).Trim();
        return text.Length > 0 && text.All(static c => c is > ' ' and < '\x7F' and not '?') ? text : null;
    }

    /// <summary>A text member of an object; null when it has none, an empty one, or one of another type.</summary>
    public static string? Text(JsonElement json, string name)
    {
        if (json.ValueKind != JsonValueKind.Object
            || !json.TryGetProperty(name, out var member)
            || member.ValueKind != JsonValueKind.String)
        {
            return null;
        }

        try
        {
            return member.GetString() is { Length: > 0 } text ? text : null;
        }
        catch (InvalidOperationException)
        {
            // Half of a surrogate pair, escaped.
            return null;
        }
    }
}
