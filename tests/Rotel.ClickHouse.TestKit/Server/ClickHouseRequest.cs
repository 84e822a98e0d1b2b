namespace Rotel.ClickHouse.TestKit.Server;

/// <summary>A request that a <see cref="ClickHouseServer"/> saw, whatever became of it.</summary>
public sealed class ClickHouseRequest
{
    private volatile byte[] _body = [];
    private volatile string _statement = string.Empty;

    /// <summary>The HTTP method.</summary>
    public required string Method { get; init; }

    /// <summary>Path and query as sent.</summary>
    public required string Target { get; init; }

    /// <summary>The parameters of the URL.</summary>
    public required IReadOnlyDictionary<string, string> Parameters { get; init; }

    /// <summary>The headers, names in lower case.</summary>
    public required IReadOnlyDictionary<string, string> Headers { get; init; }

    /// <summary>The statement of the URL; empty when it came in the body.</summary>
    public string Query => Parameters.GetValueOrDefault("query", string.Empty);

    /// <summary>Whether the URL has an insert.</summary>
    public bool IsInsert => Query.AsSpan().TrimStart().StartsWith("INSERT", StringComparison.OrdinalIgnoreCase);

    /// <summary>The body as it came over the wire, or as much of it as was read.</summary>
    public byte[] Body
    {
        get => _body;
        internal set => _body = value;
    }

    /// <summary>What the engine was given, without the data of an insert; empty when it was not asked.</summary>
    public string Statement
    {
        get => _statement;
        internal set => _statement = value;
    }

    /// <summary>How many bytes of the body were read.</summary>
    public int BodyLength => _body.Length;

    public override string ToString() => $"{Method} {Target}";
}
