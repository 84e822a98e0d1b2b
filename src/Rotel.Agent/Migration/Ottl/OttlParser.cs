using System.Globalization;
using System.Text;

namespace Rotel.Agent.Migration.Ottl;

/// <summary>
/// Reads comparisons, <c>IsMatch</c>, <c>and</c>, <c>or</c>, <c>not</c> and parentheses; whatever else there is in the language makes the
/// condition one that is not read, and never one that is misread.
/// </summary>
internal sealed class OttlParser
{
    private const int MaxDepth = 32;

    private readonly string _text;
    private int _at;
    private int _depth;

    private OttlParser(string text) => _text = text;

    /// <summary>The condition; null where it holds what this does not read.</summary>
    public static OttlNode? Parse(string text)
    {
        var parser = new OttlParser(text);
        var node = parser.ReadAny();
        parser.SkipBlanks();
        return node is not null && parser._at == text.Length ? node : null;
    }

    private OttlNode? ReadAny() => ReadChain("or", ReadAll, parts => new OttlNode.Any(parts));

    private OttlNode? ReadAll() => ReadChain("and", ReadOne, parts => new OttlNode.All(parts));

    private OttlNode? ReadChain(string word, Func<OttlNode?> read, Func<IReadOnlyList<OttlNode>, OttlNode> join)
    {
        var parts = new List<OttlNode>();
        do
        {
            if (read() is not { } part)
                return null;
            parts.Add(part);
        }
        while (TryWord(word));
        return parts.Count == 1 ? parts[0] : join(parts);
    }

    private OttlNode? ReadOne()
    {
        if (TryWord("not"))
            return ++_depth <= MaxDepth && ReadOne() is { } part ? new OttlNode.Not(part) : null;
        if (Try("("))
        {
            if (++_depth > MaxDepth || ReadAny() is not { } inner || !Try(")"))
                return null;
            _depth--;
            return inner;
        }

        if (TryWord("IsMatch"))
        {
            return Try("(") && ReadField() is { } matched && Try(",") && ReadString() is { } pattern && Try(")")
                ? new OttlNode.Match(matched.Field, matched.Key, pattern)
                : null;
        }

        if (ReadField() is not { } field || ReadOperator() is not { } comparison || !TryReadValue(out var value))
            return null;
        return new OttlNode.Comparison(field.Field, field.Key, comparison, value);
    }

    private (string Field, string? Key)? ReadField()
    {
        SkipBlanks();
        var start = _at;
        while (_at < _text.Length && (char.IsAsciiLetterOrDigit(_text[_at]) || _text[_at] is '_' or '.'))
            _at++;
        var name = _text[start.._at];
        if (name.Length == 0 || !char.IsAsciiLetterLower(name[0]))
            return null;
        string? key = null;
        if (_at < _text.Length && _text[_at] == '[')
        {
            _at++;
            key = ReadString();
            if (key is null || !Try("]") || _at < _text.Length && _text[_at] is '[' or '.')
                return null;
        }

        return (name, key);
    }

    private string? ReadOperator()
    {
        foreach (var word in (string[])["==", "!=", "<=", ">=", "<", ">"])
        {
            if (Try(word))
                return word;
        }

        return null;
    }

    private bool TryReadValue(out object? value)
    {
        value = ReadString();
        if (value is not null)
            return true;
        SkipBlanks();
        var start = _at;
        while (_at < _text.Length && (char.IsAsciiLetterOrDigit(_text[_at]) || _text[_at] is '_' or '.' or '-' or '+'))
            _at++;
        var word = _text[start.._at];
        if (word == "nil")
            return true;
        if (word is "true" or "false")
            value = word == "true";
        else if (double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var number))
            value = number;
        else if (word.Length > 0 && word.All(c => char.IsAsciiLetterUpper(c) || char.IsAsciiDigit(c) || c == '_'))
            value = new OttlName(word);
        return value is not null;
    }

    private string? ReadString()
    {
        SkipBlanks();
        if (_at >= _text.Length || _text[_at] != '"')
            return null;
        var text = new StringBuilder();
        for (var i = _at + 1; i < _text.Length; i++)
        {
            if (_text[i] == '"')
            {
                _at = i + 1;
                return text.ToString();
            }

            if (_text[i] != '\\')
            {
                text.Append(_text[i]);
                continue;
            }

            if (++i == _text.Length)
                return null;
            text.Append(_text[i] switch
            {
                'n' => '\n',
                't' => '\t',
                'r' => '\r',
                var other => other,
            });
        }

        return null;
    }

    private bool TryWord(string word)
    {
        SkipBlanks();
        var end = _at + word.Length;
        if (string.CompareOrdinal(_text, _at, word, 0, word.Length) != 0
            || end < _text.Length && (char.IsAsciiLetterOrDigit(_text[end]) || _text[end] is '_' or '.'))
        {
            return false;
        }

        _at = end;
        return true;
    }

    private bool Try(string sign)
    {
        SkipBlanks();
        if (string.CompareOrdinal(_text, _at, sign, 0, sign.Length) != 0)
            return false;
        _at += sign.Length;
        return true;
    }

    private void SkipBlanks()
    {
        while (_at < _text.Length && char.IsWhiteSpace(_text[_at]))
            _at++;
    }
}
