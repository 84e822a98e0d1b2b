using System.Buffers.Text;
using System.Text;

namespace Rotel.Exporters.Datadog.Obfuscation;

/// <summary>Words, numbers and operators.</summary>
internal ref partial struct SqlReader
{
    private const int UuidLength = 36;

    /// <summary>Bounds the look ahead for the end of one with a name.</summary>
    private const int MaxPlaceholder = 128;

    private SqlToken ReadName()
    {
        var start = _at;
        _at = NameEnd(start);
        if (_at == start)
            return SqlToken.Invalid;

        Text = _sql[start.._at];
        var next = At(_at);
        if (next == '\'' && TryReadPrefixed(out var token))
            return token;
        if (next == '-' && Text.Length == 8 && TrySkipUuid(start))
            return SqlToken.Literal;
        return Text.Length switch
        {
            2 when Is("AS"u8) => SqlToken.As,
            2 when Is("BY"u8) => SqlToken.BeforeName,
            4 when Is("NULL"u8) || Is("TRUE"u8) => SqlToken.Literal,
            4 when Is("FROM"u8) || Is("JOIN"u8) || Is("INTO"u8) => SqlToken.BeforeName,
            5 when Is("FALSE"u8) => SqlToken.Literal,
            5 when Is("TABLE"u8) => SqlToken.BeforeName,
            6 when Is("SELECT"u8) || Is("DELETE"u8) || Is("UPDATE"u8) => SqlToken.Query,
            9 when Is("SAVEPOINT"u8) => SqlToken.Savepoint,
            _ => SqlToken.Name,
        };
    }

    private readonly bool Is(ReadOnlySpan<byte> keyword) => Ascii.EqualsIgnoreCase(Text, keyword);

    /// <summary>Letters, digits and what dialects allow beside them; the parts of a dotted name together.</summary>
    private readonly int NameEnd(int at)
    {
        while (true)
        {
            var value = At(at);
            if (value is (>= (byte)'a' and <= (byte)'z') or (>= (byte)'A' and <= (byte)'Z') or (byte)'_' or (byte)'.'
                or (>= (byte)'0' and <= (byte)'9'))
            {
                at++;
            }
            else if (value >= 0x80)
            {
                if (!TryGetRune(at, out var rune, out var length) || !(Rune.IsLetterOrDigit(rune) || IsMark(rune)))
                    return at;
                at += length;
            }
            else if (value switch
            {
                (byte)'@' => dialect != SqlDialect.PostgreSql,
                (byte)'#' => dialect is SqlDialect.SqlServer or SqlDialect.Oracle,
                (byte)'$' => At(at + 1) != '$',
                (byte)'*' => At(at - 1) == '.',
                _ => false,
            })
            {
                at++;
            }
            else
            {
                return at;
            }
        }
    }

    private static bool IsMark(Rune rune) => Rune.GetUnicodeCategory(rune) is System.Globalization.UnicodeCategory.NonSpacingMark
        or System.Globalization.UnicodeCategory.SpacingCombiningMark;

    /// <summary>A string with its kind before it: <c>N'…'</c>, <c>E'…'</c>, <c>X'…'</c>, <c>q'[…]'</c>.</summary>
    private bool TryReadPrefixed(out SqlToken token)
    {
        bool isRead;
        switch (Text.Length)
        {
            case 1 when Is("N"u8) || Is("X"u8) || Is("B"u8):
                isRead = ReadQuoted((byte)'\'');
                break;
            case 1 when Is("E"u8):
                isRead = ReadQuoted((byte)'\'', isEscaping: dialect == SqlDialect.PostgreSql);
                break;
            case 1 when Is("R"u8):
                isRead = dialect != SqlDialect.Unknown && ReadQuoted((byte)'\'');
                break;
            case 1 when Is("Q"u8):
            case 2 when Is("NQ"u8):
                isRead = ReadAlternativeQuoted();
                break;
            default:
                token = SqlToken.None;
                return false;
        }

        token = isRead ? SqlToken.Literal : SqlToken.Invalid;
        return true;
    }

    /// <summary>With everything that hangs on to it: exponent, unit, the rest of a UUID.</summary>
    private SqlToken ReadNumber()
    {
        var start = _at;
        if (At(start + 8) == '-' && TrySkipUuid(start))
            return SqlToken.Literal;

        var isHex = At(start) == '0' && (At(start + 1) | 0x20) == 'x';
        while (true)
        {
            var value = At(_at);
            if (value is (>= (byte)'0' and <= (byte)'9') or (>= (byte)'a' and <= (byte)'z') or (>= (byte)'A' and <= (byte)'Z')
                or (byte)'_' or (byte)'.')
            {
                _at++;
                continue;
            }

            if (value is not ((byte)'+' or (byte)'-') || isHex || (_sql[_at - 1] | 0x20) != 'e' || !IsDigit(At(_at + 1)))
                return SqlToken.Literal;
            _at++;
        }
    }

    /// <summary>Without quotes, as in Cassandra's language.</summary>
    private bool TrySkipUuid(int start)
    {
        if (_sql.Length - start < UuidLength
            || !Utf8Parser.TryParse(_sql.Slice(start, UuidLength), out Guid _, out var length)
            || length != UuidLength)
        {
            return false;
        }

        _at = start + UuidLength;
        return true;
    }

    private SqlToken ReadSymbol(byte value)
    {
        var next = At(_at + 1);
        switch (value)
        {
            case (byte)'?':
                if (dialect == SqlDialect.PostgreSql && next is (byte)'|' or (byte)'&')
                    return Symbol(SqlToken.Operator, 2);
                _at++;
                return SqlToken.Literal;
            case (byte)'.':
                return IsDigit(next) ? ReadNumber() : One(SqlToken.Dot);
            case (byte)'-':
                if (IsDigit(next) || (next == '.' && IsDigit(At(_at + 2))))
                {
                    _at++;
                    return ReadNumber();
                }

                return Symbol(SqlToken.Operator, next != '>' ? 1 : At(_at + 2) == '>' ? 3 : 2);
            case (byte)':':
                return ReadColon(next);
            case (byte)'@':
                return dialect != SqlDialect.PostgreSql ? ReadName() : Symbol(SqlToken.Operator, next == '>' ? 2 : 1);
            case (byte)'#':
                return dialect == SqlDialect.SqlServer ? ReadName()
                    : dialect != SqlDialect.PostgreSql ? SqlToken.Invalid
                    : Symbol(SqlToken.Operator, next == '-' ? 2 : next != '>' ? 1 : At(_at + 2) == '>' ? 3 : 2);
            case (byte)'$':
                return ReadDollar(next);
            case (byte)'[':
                return ReadBracket();
            case (byte)'%':
                return ReadPercent(next);
            case (byte)'<':
                return Symbol(
                    SqlToken.Operator, next == '=' && At(_at + 2) == '>' ? 3 : next is (byte)'>' or (byte)'=' or (byte)'@' ? 2 : 1);
            case (byte)'>':
                return Symbol(SqlToken.Operator, next == '=' ? 2 : 1);
            case (byte)'!':
                return Symbol(SqlToken.Operator, next == '~' && At(_at + 2) == '*' ? 3 : next is (byte)'=' or (byte)'~' ? 2 : 1);
            case (byte)'~':
                return Symbol(SqlToken.Operator, next == '*' ? 2 : 1);
            case (byte)'/':
                return One(SqlToken.Operator);
            default:
                return SqlToken.Invalid;
        }
    }

    /// <summary>A cast, a placeholder with a name or a number, or by itself.</summary>
    private SqlToken ReadColon(byte next)
    {
        if (next == ':')
            return Symbol(SqlToken.Operator, 2);

        if (IsDigit(next))
        {
            _at++;
            return ReadNumber();
        }

        if (next is not ((>= (byte)'a' and <= (byte)'z') or (>= (byte)'A' and <= (byte)'Z') or (byte)'_'))
            return One(SqlToken.Colon);

        Symbol(SqlToken.BindName, NameEnd(_at + 1) - _at);
        return SqlToken.BindName;
    }

    /// <summary>A placeholder of Python: <c>%s</c>, <c>%(id)s</c>; otherwise the operator.</summary>
    private SqlToken ReadPercent(byte next)
    {
        var end = 0;
        if (next == '(')
        {
            var close = _sql.Slice(_at, Math.Min(MaxPlaceholder, _sql.Length - _at)).IndexOfAny(")'\"\n"u8);
            end = close > 0 && _sql[_at + close] == ')' && IsLetter(At(_at + close + 1)) ? _at + close + 2 : 0;
        }
        else if (IsLetter(next) && NameEnd(_at + 1) == _at + 2)
        {
            end = _at + 2;
        }

        if (end == 0)
            return One(SqlToken.Operator);

        _at = end;
        return SqlToken.Literal;
    }

    private static bool IsLetter(byte value) => (value | 0x20) is >= 'a' and <= 'z';

    private static bool IsDigit(byte value) => value is >= (byte)'0' and <= (byte)'9';
}
