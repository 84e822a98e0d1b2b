using System.Text;

namespace Rotel.ClickHouse.TestKit.Server;

/// <summary>
/// As much of a statement's grammar as the HTTP interface must know: whether it is an insert with data, where the data begin, and which
/// format is named. Strings, quoted names, comments and parentheses are skipped; the rest is the engine's to judge.
/// </summary>
internal sealed record SqlStatement
{
    /// <summary>An insert whose rows follow its FORMAT or VALUES.</summary>
    public bool IsInsertWithData { get; private init; }

    /// <summary>What the engine is given: the whole statement, or an insert's part before FORMAT or VALUES.</summary>
    public required ReadOnlyMemory<byte> Text { get; init; }

    /// <summary>The format that the statement names, of an insert's data or of the answer.</summary>
    public string? Format { get; private init; }

    /// <summary>The rows of an insert.</summary>
    public ReadOnlyMemory<byte> Data { get; private init; }

    /// <param name="sql">The statement; for an insert its data follow, as they follow in a request.</param>
    public static SqlStatement Parse(ReadOnlyMemory<byte> sql)
    {
        var tokens = new Tokens(sql.Span);
        var isInsert = false;
        string? format = null;
        for (var first = true; tokens.Next(); first = false)
        {
            if (!tokens.IsWord)
                continue;
            isInsert = first ? tokens.Is("INSERT"u8) : isInsert && !tokens.Is("SELECT"u8) && !tokens.Is("WITH"u8);
            if (isInsert && tokens.Is("VALUES"u8))
                return Insert(sql[..tokens.Start], "Values", sql[tokens.End..]);
            var start = tokens.Start;
            if (!tokens.Is("FORMAT"u8) || !tokens.Next() || !tokens.IsWord)
                continue;
            format = Encoding.UTF8.GetString(sql.Span[tokens.Start..tokens.End]);
            if (isInsert)
                return Insert(sql[..start], format, sql[DataStart(sql.Span, tokens.End)..]);
        }

        return new SqlStatement { Text = sql, Format = format };
    }

    private static SqlStatement Insert(ReadOnlyMemory<byte> text, string format, ReadOnlyMemory<byte> data) =>
        new() { IsInsertWithData = true, Text = text, Format = format, Data = data };

    /// <summary>Data begin after the blanks behind the format's name and one end of line.</summary>
    private static int DataStart(ReadOnlySpan<byte> sql, int position)
    {
        while (position < sql.Length && sql[position] is (byte)' ' or (byte)'\t' or (byte)'\f')
            position++;
        if (position < sql.Length && sql[position] == '\r')
            position++;
        if (position < sql.Length && sql[position] == '\n')
            position++;
        return position;
    }

    private ref struct Tokens(ReadOnlySpan<byte> sql)
    {
        private readonly ReadOnlySpan<byte> _sql = sql;
        private int _depth;

        public int Start { get; private set; }

        public int End { get; private set; }

        /// <summary>A bare word outside of parentheses.</summary>
        public bool IsWord { get; private set; }

        public readonly bool Is(ReadOnlySpan<byte> word) => Ascii.EqualsIgnoreCase(_sql[Start..End], word);

        public bool Next()
        {
            var at = SkipBlanks(End);
            Start = at;
            if (at >= _sql.Length)
                return false;

            var c = _sql[at];
            IsWord = false;
            if (c is (byte)'\'' or (byte)'"' or (byte)'`')
            {
                End = SkipQuoted(at);
            }
            else if (char.IsAsciiLetterOrDigit((char)c) || c == '_')
            {
                while (at < _sql.Length && (char.IsAsciiLetterOrDigit((char)_sql[at]) || _sql[at] == '_'))
                    at++;
                End = at;
                IsWord = _depth == 0;
            }
            else
            {
                _depth += c switch { (byte)'(' or (byte)'[' or (byte)'{' => 1, (byte)')' or (byte)']' or (byte)'}' => -1, _ => 0 };
                End = at + 1;
            }

            return true;
        }

        private readonly int SkipBlanks(int at)
        {
            while (at < _sql.Length)
            {
                if (_sql[at] is (byte)' ' or (byte)'\t' or (byte)'\n' or (byte)'\r' or (byte)'\f')
                    at++;
                else if (_sql[at..].StartsWith("--"u8))
                    at = After(at, "\n"u8);
                else if (_sql[at..].StartsWith("/*"u8))
                    at = After(at + 2, "*/"u8);
                else
                    break;
            }

            return at;
        }

        private readonly int SkipQuoted(int at)
        {
            var quote = _sql[at];
            for (at++; at < _sql.Length; at++)
            {
                if (_sql[at] == '\\')
                    at++;
                else if (_sql[at] == quote)
                    return at + 1;
            }

            return _sql.Length;
        }

        private readonly int After(int at, ReadOnlySpan<byte> end)
        {
            var found = _sql[at..].IndexOf(end);
            return found < 0 ? _sql.Length : at + found + end.Length;
        }
    }
}
