namespace Rotel.Exporters.Datadog.Obfuscation;

/// <summary>What stands between two marks.</summary>
internal ref partial struct SqlReader
{
    private bool ReadQuoted(byte quote) => ReadQuoted(quote, isEscaping: dialect == SqlDialect.MySql);

    /// <summary>
    /// To the mark that closes it; twice the mark stands for one. In an unknown dialect a backslash before the mark, and three marks to
    /// begin with, are read in two ways.
    /// </summary>
    private bool ReadQuoted(byte quote, bool isEscaping)
    {
        var isUnknown = dialect == SqlDialect.Unknown;
        var hasEscapes = quote != '`' && (isEscaping || isUnknown);
        var start = ++_at;
        if (isUnknown && At(start) == quote && At(start + 1) == quote)
            return false;

        while (true)
        {
            var rest = _sql[Math.Min(_at, _sql.Length)..];
            var next = hasEscapes ? rest.IndexOfAny(quote, (byte)'\\') : rest.IndexOf(quote);
            if (next < 0)
                return false;

            _at += next + 1;
            if (rest[next] == '\\')
            {
                if (!isEscaping && At(_at) == quote)
                    return false;
                _at++;
            }
            else if (At(_at) == quote)
            {
                _at++;
            }
            else
            {
                SetQuotedText(start, _at - 1);
                return true;
            }
        }
    }

    /// <summary>The marks of a name go, unless nothing else is in it.</summary>
    private void SetQuotedText(int start, int end)
    {
        var text = _sql[start..end];
        Text = text.IndexOfAnyExcept((byte)' ') < 0 ? _sql[(start - 1)..(end + 1)] : text;
    }

    /// <summary><c>q'[…]'</c>, with any two marks.</summary>
    private bool ReadAlternativeQuoted()
    {
        if (dialect is not (SqlDialect.Oracle or SqlDialect.Unknown))
            return ReadQuoted((byte)'\'');

        var open = At(_at + 1);
        if (open is 0 or >= 0x80)
            return false;

        var close = open switch
        {
            (byte)'[' => (byte)']',
            (byte)'(' => (byte)')',
            (byte)'{' => (byte)'}',
            (byte)'<' => (byte)'>',
            _ => open,
        };
        var text = _sql[(_at + 2)..];
        var end = text.IndexOf([close, (byte)'\'']);
        if (end < 0 || (dialect == SqlDialect.Unknown && text[..end].IndexOfAny((byte)'\'', (byte)'\\') >= 0))
            return false;

        _at += 2 + end + 2;
        return true;
    }

    /// <summary>A placeholder or an amount (<c>$1</c>), a string (<c>$$…$$</c>, <c>$tag$…$tag$</c>) or a name (<c>$action</c>).</summary>
    private SqlToken ReadDollar(byte next)
    {
        if (IsDigit(next))
        {
            _at++;
            return ReadNumber();
        }

        var start = _at;
        var end = start + 1;
        while (IsLetter(At(end)) || IsDigit(At(end)) || At(end) is (byte)'_' or >= 0x80)
            end++;
        if (At(end) != '$')
            return end == start + 1 ? SqlToken.Invalid : Symbol(SqlToken.Name, end - start);
        if (dialect is not (SqlDialect.PostgreSql or SqlDialect.Unknown))
            return SqlToken.Invalid;

        var tag = _sql.Slice(start, end + 1 - start);
        var text = _sql[(end + 1)..];
        var close = text.IndexOf(tag);
        if (close < 0 || (dialect == SqlDialect.Unknown && text[..close].IndexOfAny("'\"`\\"u8) >= 0))
            return SqlToken.Invalid;

        _at = end + 1 + close + tag.Length;
        return SqlToken.Literal;
    }

    /// <summary>
    /// A name, or the operator. In an unknown dialect it is the operator, unless quotes that do not pair within it say that a name is
    /// possible, which would end elsewhere.
    /// </summary>
    private SqlToken ReadBracket()
    {
        if (dialect is SqlDialect.SqlServer or SqlDialect.Sqlite)
        {
            var start = ++_at;
            while (true)
            {
                var end = _sql[_at..].IndexOf((byte)']');
                if (end < 0)
                    return SqlToken.Invalid;

                _at += end + 1;
                if (At(_at) == ']')
                {
                    _at++;
                    continue;
                }

                SetQuotedText(start, _at - 1);
                return SqlToken.Name;
            }
        }

        // Looked through once: the brackets within belong to this one.
        if (dialect == SqlDialect.Unknown && _at >= _bracketEnd)
        {
            var length = _sql[_at..].IndexOf((byte)']');
            var inside = length < 0 ? default : _sql.Slice(_at, length);
            if (length < 0 || ((inside.Count((byte)'\'') | inside.Count((byte)'"') | inside.Count((byte)'`')) & 1) != 0)
                return SqlToken.Invalid;
            _bracketEnd = _at + length;
        }

        return One(SqlToken.OpenBracket);
    }
}
