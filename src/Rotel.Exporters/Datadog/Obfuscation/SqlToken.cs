namespace Rotel.Exporters.Datadog.Obfuscation;

/// <summary>What a <see cref="SqlReader"/> finds. Comments and whitespace are none.</summary>
internal enum SqlToken : byte
{
    None,
    End,

    /// <summary>What cannot be read, or can be read in two ways.</summary>
    Invalid,

    /// <summary>A string, number, placeholder, escape sequence, or one of <c>NULL</c>, <c>TRUE</c> and <c>FALSE</c>.</summary>
    Literal,

    /// <summary>A word that nothing depends on: a keyword or a name.</summary>
    Name,

    /// <summary>In double quotes: a name, or a string where the place or the dialect says so.</summary>
    DoubleQuoted,

    As,
    Savepoint,

    /// <summary><c>SELECT</c>, <c>DELETE</c> or <c>UPDATE</c>: what a nested query begins with.</summary>
    Query,

    /// <summary><c>FROM</c>, <c>JOIN</c>, <c>INTO</c>, <c>TABLE</c> or <c>BY</c>: a name follows.</summary>
    BeforeName,

    /// <summary>A placeholder with a name: <c>:id</c>.</summary>
    BindName,

    Operator,
    Comma,
    Dot,
    Equal,
    Colon,
    Semicolon,
    Open,
    Close,
    OpenBracket,
    OpenBrace,
    CloseBrace,

    /// <summary>Only in <see cref="SqlObfuscation"/>: what was read before was left out or became a question mark.</summary>
    Hidden,

    /// <summary>Only in <see cref="SqlObfuscation"/>: an opening parenthesis was left out.</summary>
    HiddenOpen,
}
