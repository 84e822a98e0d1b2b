namespace Rotel.Exporters.ClickHouse.Schema;

/// <summary>A data skipping index.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Expression">What is indexed.</param>
/// <param name="Type">The type, with its parameters.</param>
/// <param name="Granularity">Granules per entry.</param>
internal sealed record TableIndex(string Name, string Expression, string Type, int Granularity = 1)
{
    public string Definition => $"INDEX {Name} {Expression} TYPE {Type} GRANULARITY {Granularity}";

    /// <summary>
    /// The indexes over the names and values of an attribute column; over the column of names beside it where the attributes are JSON.
    /// </summary>
    /// <param name="name">What the names of the indexes have in the middle.</param>
    /// <param name="column">The column of attributes.</param>
    /// <param name="json">Whether that is JSON.</param>
    public static IEnumerable<TableIndex> OfAttributes(string name, string column, bool json)
    {
        const string Bloom = "bloom_filter(0.01)";
        if (json)
            return [new($"idx_{name}_keys", $"{column}Keys", Bloom)];
        return [new($"idx_{name}_key", $"mapKeys({column})", Bloom), new($"idx_{name}_value", $"mapValues({column})", Bloom)];
    }
}
