using System.Text;

namespace Rotel.Agent.Migration;

/// <summary>
/// The text of a value, in which parts may come from the environment: <c>https://${env:HOST}:4317</c>. Settings for Rotel that hold such
/// parts can only be environment variables themselves, which a shell then puts together.
/// </summary>
internal sealed class ConfiguredText
{
    private readonly List<Part> _parts = [];

    public ConfiguredText(string literal) => _parts.Add(new(literal, null, null));

    private ConfiguredText()
    {
    }

    /// <summary>A source of values other than the environment, which this cannot follow; null when there is none.</summary>
    public string? UnknownSource { get; private init; }

    public bool HasReferences => _parts.Any(part => part.Variable is not null);

    public bool StartsWithReference => _parts[0].Variable is not null;

    /// <summary>The text, with the defaults of what comes from the environment.</summary>
    public string Literal => string.Concat(_parts.Select(part => part.Variable is null ? part.Text : part.Default ?? ""));

    /// <summary>Reads the forms <c>${env:NAME}</c>, <c>${NAME}</c>, both with <c>:-default</c>, and <c>$$</c> for a dollar sign.</summary>
    public static ConfiguredText Parse(string text)
    {
        if (IsOldReference(text))
            text = $"${{{text[1..]}}}";
        string? unknown = null;
        var parsed = new List<Part>();
        var literal = new StringBuilder();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '$' || i + 1 == text.Length)
            {
                literal.Append(text[i]);
            }
            else if (text[i + 1] == '$')
            {
                literal.Append('$');
                i++;
            }
            else if (text[i + 1] == '{' && text.IndexOf('}', i) is > 0 and var end)
            {
                var inner = text[(i + 2)..end];
                if (Reference(inner) is { } part)
                {
                    if (literal.Length > 0)
                        parsed.Add(new(literal.ToString(), null, null));
                    literal.Clear();
                    parsed.Add(part);
                }
                else
                {
                    unknown ??= text[i..(end + 1)];
                    literal.Append(text, i, end + 1 - i);
                }

                i = end;
            }
            else
            {
                literal.Append('$');
            }
        }

        if (literal.Length > 0 || parsed.Count == 0)
            parsed.Add(new(literal.ToString(), null, null));
        var result = new ConfiguredText { UnknownSource = unknown };
        result._parts.AddRange(parsed);
        return result;
    }

    /// <summary>This with text before and behind it.</summary>
    public ConfiguredText Within(string before, string behind = "")
    {
        var result = new ConfiguredText { UnknownSource = UnknownSource };
        result._parts.Add(new(before, null, null));
        result._parts.AddRange(_parts);
        result._parts.Add(new(behind, null, null));
        return result;
    }

    /// <summary>The text with numbers in place of what comes from the environment: they do for hosts, ports and most else.</summary>
    public string Example => string.Concat(_parts.Select(part =>
        part.Variable is null ? part.Text : part.Default ?? $"{part.Variable.Sum(c => c) % 5000 + 1}"));

    /// <summary>As a POSIX shell writes it, between double quotes.</summary>
    /// <param name="hidesLiterals">What is not from the environment is a secret.</param>
    public string ToShell(bool hidesLiterals)
    {
        if (hidesLiterals && !HasReferences)
            return "***";
        var text = new StringBuilder();
        foreach (var part in _parts)
        {
            if (part.Variable is null)
                text.Append(hidesLiterals && !IsScheme(part.Text) ? "***" : Escape(part.Text));
            else if (part.Default is null || hidesLiterals)
                text.Append("${").Append(part.Variable).Append('}');
            else
                text.Append("${").Append(part.Variable).Append(":-").Append(Escape(part.Default)).Append('}');
        }

        return text.ToString();
    }

    /// <summary>The word before a credential, which is none itself.</summary>
    private static bool IsScheme(string text) =>
        text is [.., ' '] && text.Length <= 16 && text.All(c => char.IsAsciiLetter(c) || c is '-' or ' ');

    private static string Escape(string text)
    {
        var escaped = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (c is '"' or '\\' or '$' or '`')
                escaped.Append('\\');
            escaped.Append(c);
        }

        return escaped.ToString();
    }

    /// <summary>How collectors before 0.105 wrote a reference, where it is the whole value and cannot well be anything else.</summary>
    private static bool IsOldReference(string text) =>
        text.Length > 3 && text[0] == '$' && text.Skip(1).All(c => char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c) || c == '_');

    private static Part? Reference(string inner)
    {
        var name = inner.StartsWith("env:", StringComparison.Ordinal) ? inner[4..] : inner;
        string? otherwise = null;
        if (name.IndexOf(":-", StringComparison.Ordinal) is >= 0 and var split)
        {
            otherwise = name[(split + 2)..];
            name = name[..split];
        }

        return name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_')
            ? new("", name, otherwise)
            : null;
    }

    private readonly record struct Part(string Text, string? Variable, string? Default);
}
