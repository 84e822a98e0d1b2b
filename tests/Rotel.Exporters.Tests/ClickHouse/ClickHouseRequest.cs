using System.Text;

namespace Rotel.Exporters.Tests.ClickHouse;

/// <summary>One request as it came.</summary>
internal sealed record ClickHouseRequest(
    string Statement, IReadOnlyDictionary<string, string> Parameters, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public bool IsInsert => Statement.StartsWith("INSERT", StringComparison.Ordinal);

    public string Token => Parameters["insert_deduplication_token"];

    public string Text => Encoding.UTF8.GetString(Body);
}
