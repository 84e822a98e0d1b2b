using System.Text;

namespace Rotel.Processors.Redaction;

/// <summary>The attributes that say what was redacted in messages of one kind: of each category a number, and of most the names.</summary>
internal sealed class SummaryKeys
{
    /// <summary>What all of them begin with.</summary>
    private static ReadOnlySpan<byte> Prefix => "redaction."u8;

    private readonly byte[]?[] _names;
    private readonly byte[][] _counts;

    private SummaryKeys(Func<RedactionCategory, string?> name, Func<RedactionCategory, string> count)
    {
        _names = [.. RedactionTally.Categories.Select(category => name(category) is { } key ? Encoding.UTF8.GetBytes(key) : null)];
        _counts = [.. RedactionTally.Categories.Select(category => Encoding.UTF8.GetBytes(count(category)))];
    }

    /// <summary>Those of a list of attributes: <c>redaction.span.masked_keys.count</c>.</summary>
    public static SummaryKeys OfAttributes(string kind) => new(
        category => category == RedactionCategory.Ignored ? null : $"redaction.{kind}.{Word(category)}_keys.names",
        category => $"redaction.{kind}.{Word(category)}_keys.count");

    /// <summary>Those of log bodies, which stand among the attributes of the record: <c>redaction.body.masked.count</c>.</summary>
    public static SummaryKeys OfBody { get; } = new(
        category => $"redaction.body.{Word(category)}.keys",
        category => $"redaction.body.{Word(category)}.count");

    /// <summary>The attribute of the names; null where there is none.</summary>
    public ReadOnlySpan<byte> Names(RedactionCategory category) => _names[(int)category];

    public ReadOnlySpan<byte> Count(RedactionCategory category) => _counts[(int)category];

    /// <summary>Whether a key is one of them.</summary>
    public bool Contains(ReadOnlySpan<byte> key, out RedactionCategory category, out bool isNames)
    {
        (category, isNames) = (default, false);
        if (!key.StartsWith(Prefix))
            return false;
        foreach (var candidate in RedactionTally.Categories)
        {
            category = candidate;
            if (key.SequenceEqual(Count(candidate)))
                return true;
            isNames = _names[(int)candidate] is { } names && key.SequenceEqual(names);
            if (isNames)
                return true;
        }

        return false;
    }

    private static string Word(RedactionCategory category) => category switch
    {
        RedactionCategory.Deleted => "redacted",
        RedactionCategory.Masked => "masked",
        RedactionCategory.Allowed => "allowed",
        _ => "ignored",
    };
}
