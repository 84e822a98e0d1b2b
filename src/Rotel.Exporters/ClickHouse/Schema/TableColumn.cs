namespace Rotel.Exporters.ClickHouse.Schema;

/// <summary>One column of a table.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">As ClickHouse writes it.</param>
/// <param name="Codec">How it is stored; null for the server's default.</param>
/// <param name="Default">The expression of a column that is not inserted; null for all others.</param>
internal sealed record TableColumn(string Name, string Type, string? Codec = TableColumn.Zstd, string? Default = null)
{
    public const string Zstd = "ZSTD(1)";
    public const string Delta = "Delta, ZSTD(1)";

    public const string LowCardinality = "LowCardinality(String)";
    public const string Nanoseconds = "DateTime64(9)";

    public string Definition =>
        Sql.Quote(Name) + $" {Type}" + (Default is null ? "" : $" DEFAULT {Default}") + (Codec is null ? "" : $" CODEC({Codec})");

    /// <summary>The type of attributes: maps of text or JSON.</summary>
    public static string Attributes(bool json) => json ? "JSON" : "Map(LowCardinality(String), String)";
}
