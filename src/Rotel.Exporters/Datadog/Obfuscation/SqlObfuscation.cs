using Rotel.Memory;

namespace Rotel.Exporters.Datadog.Obfuscation;

/// <summary>
/// A statement without what its user put into it: literals and placeholders become <c>?</c>, lists of them one, groups of lists the first,
/// comments, aliases and semicolons go, one space parts what is left. So statements that differ in values only become one.
/// </summary>
internal ref struct SqlObfuscation(ReadOnlySpan<byte> statement, SqlDialect dialect, PooledBytes output)
{
    private SqlReader _reader = new(statement, dialect);
    private readonly PooledBytes _output = output;
    private SqlToken _last;

    /// <summary>A list of values is open: more of them, and the commas between, add nothing.</summary>
    private bool _inValues;

    /// <summary>Lists in parentheses that follow each other: from the second on nothing is written.</summary>
    private int _groups;

    /// <summary>Stands for statements that are not to be read.</summary>
    public static ReadOnlySpan<byte> NotParsable => "Non-parsable SQL query"u8;

    public ReadOnlySpan<byte> Apply()
    {
        while (true)
        {
            var token = _reader.Read();
            switch (token)
            {
                case SqlToken.Invalid:
                    return NotParsable;
                case SqlToken.End:
                    return _output.IsEmpty ? NotParsable : _output.Span;
            }

            if (_last == SqlToken.As)
            {
                if (token == SqlToken.OpenBracket && !_reader.TrySkipBracketed())
                    return NotParsable;
                _last = SqlToken.Hidden;
            }
            else if (token == SqlToken.As)
            {
                _last = token;
            }
            else
            {
                Take(IsLiteral(token) ? SqlToken.Literal : token);
            }
        }
    }

    private readonly bool IsLiteral(SqlToken token) => token switch
    {
        SqlToken.Literal => true,
        SqlToken.DoubleQuoted => !IsName(),
        SqlToken.End => false,
        _ => _last == SqlToken.Savepoint,
    };

    /// <summary>
    /// Whether what stands in double quotes is a name: by the dialect, unless it is assigned or compared; else by its place.
    /// </summary>
    private readonly bool IsName() =>
        _last != SqlToken.Savepoint && (_reader.IsBeforeDot || _last is SqlToken.BeforeName or SqlToken.Dot || IsAfterDottedName()
            || (dialect != SqlDialect.Unknown && _last != SqlToken.Equal));

    /// <summary>Behind <c>t.</c>, which is one word.</summary>
    private readonly bool IsAfterDottedName() => _last == SqlToken.Name && !_output.IsEmpty && _output.Span[^1] == '.';

    private void Take(SqlToken token)
    {
        var isHidden = token is SqlToken.Literal or SqlToken.Semicolon;
        if ((_last == SqlToken.Open && isHidden) || (token == SqlToken.Open && _groups > 0))
            _groups++;

        if (_groups > 0 && _last == SqlToken.HiddenOpen && token is SqlToken.Query or SqlToken.Name)
        {
            // Not a list of values after all, but a query.
            Reset();
            Write(SqlToken.Open, "("u8);
            Write(token, _reader.Text);
        }
        else if (isHidden)
        {
            if (!_inValues && token == SqlToken.Literal)
                Write(token, "?"u8);
            _inValues = true;
            _last = SqlToken.Hidden;
        }
        else if (_inValues && token == SqlToken.Comma)
        {
            _last = SqlToken.Hidden;
        }
        else if (_groups > 1)
        {
            _last = token == SqlToken.Open ? SqlToken.HiddenOpen : SqlToken.Hidden;
        }
        else
        {
            if (token is not (SqlToken.Comma or SqlToken.Open or SqlToken.Close))
                Reset();
            Write(token, _reader.Text);
        }
    }

    private void Reset()
    {
        _inValues = false;
        _groups = 0;
    }

    private void Write(SqlToken token, ReadOnlySpan<byte> text)
    {
        if (!_output.IsEmpty && token != SqlToken.Comma && !(token == SqlToken.Equal && _last == SqlToken.Colon))
            _output.WriteByte((byte)' ');
        _output.Write(text);
        _last = token;
    }
}
