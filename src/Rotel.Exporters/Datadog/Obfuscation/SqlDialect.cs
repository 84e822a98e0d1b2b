namespace Rotel.Exporters.Datadog.Obfuscation;

/// <summary>
/// Whose SQL a statement is. What is read differently by different databases (a backslash before a quote, <c>#</c>, a comment in a comment)
/// is read only where the database is known; elsewhere such a statement is hidden whole.
/// </summary>
internal enum SqlDialect : byte
{
    Unknown,

    /// <summary>And MariaDB: backslashes escape, double quotes hold strings, <c>#</c> begins a comment.</summary>
    MySql,

    /// <summary>
    /// And CockroachDB: backslashes are text except in <c>E''</c>, strings in dollars, operators with <c>#</c>, <c>@</c> and <c>?</c>.
    /// </summary>
    PostgreSql,

    /// <summary>Backslashes are text, names in brackets, <c>#</c> begins the name of a temporary table.</summary>
    SqlServer,

    /// <summary>Backslashes are text, strings as <c>q'[…]'</c>.</summary>
    Oracle,

    /// <summary>Backslashes are text, names in brackets.</summary>
    Sqlite,
}
