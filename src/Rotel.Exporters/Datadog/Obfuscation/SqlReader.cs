using System.Buffers;
using System.Text;

namespace Rotel.Exporters.Datadog.Obfuscation;

/// <summary>
/// Reads a statement token by token, as the databases do that are known, and nothing where two of them would differ: a literal must never
/// be taken for anything else. Linear, without recursion, on any bytes.
/// </summary>
internal ref partial struct SqlReader(ReadOnlySpan<byte> sql, SqlDialect dialect)
{
    /// <summary>What may begin something that ends on another line.</summary>
    private static readonly SearchValues<byte> OpeningMarks = SearchValues.Create("'\"`$\\[]{}*"u8);

    private readonly ReadOnlySpan<byte> _sql = sql;
    private int _at;
    private int _braces;
    private int _bracketEnd;
    private bool _begun;

    /// <summary>What is written of the last token, where that is no literal.</summary>
    public ReadOnlySpan<byte> Text { get; private set; }

    /// <summary>The last token stands before a dot: as a double-quoted one it is a name.</summary>
    public readonly bool IsBeforeDot => At(_at) == '.';

    public SqlToken Read()
    {
        var token = ReadToken();
        if (token == SqlToken.OpenBrace)
        {
            // "{call f(?)}", the escape of ODBC and JDBC, is read; within a statement it is a literal, as are a map's braces.
            if (_begun && _braces == 0)
                return SkipBraces();
            _braces++;
        }
        else if (token == SqlToken.CloseBrace && --_braces < 0)
        {
            return SqlToken.Invalid;
        }

        _begun = true;
        return token;
    }

    /// <summary>Skips <c>name]</c> behind <c>AS [</c>.</summary>
    public bool TrySkipBracketed()
    {
        var end = _sql[_at..].IndexOf((byte)']');
        _at += end + 1;
        return end >= 0;
    }

    private SqlToken SkipBraces()
    {
        for (var depth = 1; depth > 0;)
        {
            switch (ReadToken())
            {
                case SqlToken.OpenBrace:
                    depth++;
                    break;
                case SqlToken.CloseBrace:
                    depth--;
                    break;
                case SqlToken.End or SqlToken.Invalid:
                    return SqlToken.Invalid;
            }
        }

        return SqlToken.Literal;
    }

    private SqlToken ReadToken()
    {
        while (true)
        {
            if (_at >= _sql.Length)
                return SqlToken.End;

            var start = _at;
            var value = _sql[start];
            switch (value)
            {
                case (byte)' ' or (>= (byte)'\t' and <= (byte)'\r'):
                    _at++;
                    continue;
                case (>= (byte)'a' and <= (byte)'z') or (>= (byte)'A' and <= (byte)'Z') or (byte)'_':
                    return ReadName();
                case >= (byte)'0' and <= (byte)'9':
                    return ReadNumber();
                case (byte)'\'':
                    return ReadQuoted(value) ? SqlToken.Literal : SqlToken.Invalid;
                case (byte)'"':
                    return !ReadQuoted(value) ? SqlToken.Invalid
                        : dialect == SqlDialect.MySql ? SqlToken.Literal : SqlToken.DoubleQuoted;
                case (byte)'`':
                    return ReadQuoted(value) ? SqlToken.Name : SqlToken.Invalid;
                case (byte)',':
                    return One(SqlToken.Comma);
                case (byte)'(':
                    return One(SqlToken.Open);
                case (byte)')':
                    return One(SqlToken.Close);
                case (byte)'=':
                    return One(SqlToken.Equal);
                case (byte)';':
                    return One(SqlToken.Semicolon);
                case (byte)'{':
                    return One(SqlToken.OpenBrace);
                case (byte)'}':
                    return One(SqlToken.CloseBrace);
                case (byte)'+' or (byte)'*' or (byte)'&' or (byte)'|' or (byte)'^' or (byte)']':
                    return One(SqlToken.Operator);
                case (byte)'/' when At(start + 1) is (byte)'*':
                    if (!TrySkipBlockComment())
                        return SqlToken.Invalid;
                    continue;
                case (byte)'/' when At(start + 1) is (byte)'/':
                    if (!TrySkipLineComment(isCertain: false))
                        return SqlToken.Invalid;
                    continue;
                case (byte)'-' when At(start + 1) is (byte)'-' && (dialect != SqlDialect.MySql || IsBlank(At(start + 2))):
                    if (!TrySkipLineComment(isCertain: dialect != SqlDialect.Unknown || IsBlank(At(start + 2))))
                        return SqlToken.Invalid;
                    continue;
                case (byte)'#' when dialect is SqlDialect.MySql or SqlDialect.Unknown:
                    if (!TrySkipLineComment(isCertain: dialect == SqlDialect.MySql))
                        return SqlToken.Invalid;
                    continue;
                case >= 0x80:
                    if (TrySkipUnicodeBlank())
                        continue;
                    return ReadName();
                default:
                    return ReadSymbol(value);
            }
        }
    }

    private SqlToken One(SqlToken token) => Symbol(token, 1);

    private SqlToken Symbol(SqlToken token, int length)
    {
        Text = _sql.Slice(_at, length);
        _at += length;
        return token;
    }

    /// <summary>0 beyond the end.</summary>
    private readonly byte At(int position) => (uint)position < (uint)_sql.Length ? _sql[position] : (byte)0;

    private readonly bool TryGetRune(int position, out Rune rune, out int length) =>
        Rune.DecodeFromUtf8(_sql[position..], out rune, out length) == OperationStatus.Done;

    private bool TrySkipUnicodeBlank()
    {
        if (!TryGetRune(_at, out var rune, out var length) || !Rune.IsWhiteSpace(rune))
            return false;

        _at += length;
        return true;
    }

    /// <summary>To its <c>*/</c>. Some databases nest comments and some do not, so a comment in a comment is not read.</summary>
    private bool TrySkipBlockComment()
    {
        var comment = _sql[(_at + 2)..];
        var end = comment.IndexOf("*/"u8);
        if (end < 0 || comment[..end].IndexOf("/*"u8) >= 0)
            return false;

        _at += 2 + end + 2;
        return true;
    }

    /// <summary>
    /// To the end of the line. Where it may be no comment but an operator, what stands in it and opens something must not decide how the
    /// next line is read.
    /// </summary>
    private bool TrySkipLineComment(bool isCertain)
    {
        var line = _sql[_at..];
        var end = line.IndexOf((byte)'\n');
        _at += end < 0 ? line.Length : end + 1;
        return end < 0 || isCertain || line[..end].IndexOfAny(OpeningMarks) < 0;
    }

    private static bool IsBlank(byte value) => value <= ' ';
}
