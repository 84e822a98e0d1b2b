namespace Rotel.Exporters.Datadog.Obfuscation;

/// <summary>What a span talks to, as far as its statement is hidden differently.</summary>
internal enum SpanFamily : byte
{
    /// <summary>No database. What nevertheless is named a statement is JSON where it begins so, otherwise SQL.</summary>
    Other,

    /// <summary>Type <c>db</c>: a database without a type of its own. Statements as of <see cref="Other"/>.</summary>
    Database,

    /// <summary>Types <c>sql</c> and <c>cassandra</c>.</summary>
    Sql,

    /// <summary>Types <c>redis</c> and <c>valkey</c>.</summary>
    Redis,

    Memcached,

    /// <summary>Types <c>mongodb</c>, <c>elasticsearch</c> and <c>opensearch</c>: the statement is JSON.</summary>
    Document,
}
