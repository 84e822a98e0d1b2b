namespace Rotel.Exporters.Datadog.Obfuscation;

/// <summary>How the value of one attribute is hidden.</summary>
internal enum ObfuscationKind : byte
{
    /// <summary>It goes out as it is.</summary>
    None,

    /// <summary>Hidden whole where it looks like the number of a payment card; every string that nothing else is known of.</summary>
    CardNumber,

    Sql,

    /// <summary>JSON where it begins so, otherwise SQL.</summary>
    Statement,

    Redis,
    Memcached,
    Json,
    Url,

    /// <summary>Hidden whole: a query string by itself, a parameter of a statement.</summary>
    Whole,
}
