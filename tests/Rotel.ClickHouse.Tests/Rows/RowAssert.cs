using Google.Protobuf;
using Rotel.ClickHouse.TestKit.Server;
using Rotel.Exporters.ClickHouse;

namespace Rotel.ClickHouse.Rows;

/// <summary>Holds what the tables of a database hold against what they should.</summary>
internal static class RowAssert
{
    /// <summary>Fails unless every table holds exactly the rows of the requests.</summary>
    /// <param name="database">Where the tables are; one that was never created holds nothing.</param>
    /// <param name="requests">What was sent.</param>
    /// <param name="form">How attributes are kept.</param>
    /// <param name="context">Stands in the message.</param>
    public static async Task HoldAsync(ClickHouseDatabase database, IEnumerable<IMessage> requests, AttributeForm form, string context = "")
    {
        var expected = new ExpectedRows(new ExpectedAttributes(form));

        // As they read once encoded: Google.Protobuf does not write a negative zero that has no presence.
        foreach (var request in requests)
            expected.Add(request.Descriptor.Parser.ParseFrom(request.ToByteArray()));
        foreach (var table in Enum.GetValues<ClickHouseTable>())
        {
            var exists = await database.CountAsync(
                $"SELECT count() FROM system.tables WHERE database = '{database.Name}' AND name = '{StoredTable.NameOf(table)}'");
            var stored = exists == 0 ? [] : await StoredTable.ReadAsync(database, table, form);
            RowComparison.AssertEqual(StoredTable.NameOf(table), expected[table], stored, context);
        }
    }
}
