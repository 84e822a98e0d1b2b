using Rotel.ClickHouse.TestKit.Engine;
using Rotel.ClickHouse.TestKit.Server;

namespace Rotel.ClickHouse.TestKit;

public sealed class ClickHouseDatabaseTests
{
    /// <summary>As with a server that <c>ROTEL_TEST_CLICKHOUSE</c> names: all over HTTP, with the credentials of the address.</summary>
    [Fact]
    public async Task Database_OfAServerElsewhere_IsMadeReadAndDroppedOverHttp()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var server = await ClickHouseServer.StartAsync(cancellation);
        server.Users.Remove("default");
        server.Users.Set("ann", "se:cret");
        var address = new UriBuilder(server.Endpoint) { UserName = "ann", Password = "se%3Acret" }.Uri;

        string name;
        await using (var database = await ClickHouseDatabase.CreateAsync(address, server: null, cancellation))
        {
            name = database.Name;
            Assert.Equal(("ann", "se:cret", server.Endpoint), (database.User, database.Password, database.Endpoint));
            await database.QueryAsync("CREATE TABLE t (a UInt64, f Float64) ENGINE = MergeTree ORDER BY a", cancellation: cancellation);
            await database.QueryAsync("INSERT INTO t VALUES (18446744073709551615, nan)", cancellation: cancellation);
            var row = Assert.Single(await database.RowsAsync("SELECT * FROM t", cancellation));
            Assert.Equal(ulong.MaxValue, row.GetProperty("a").GetUInt64());
            Assert.Equal("nan", row.GetProperty("f").GetString());
            Assert.Equal(1, await database.CountAsync("SELECT count() FROM t", cancellation));
            var error = await Assert.ThrowsAsync<ClickHouseEngineException>(
                () => database.QueryAsync("SELECT * FROM nowhere", cancellation: cancellation));
            Assert.Equal(60, error.Code);
        }

        Assert.Equal("0", ClickHouseEngine.Shared.Query($"EXISTS DATABASE {name}").Text);
    }
}
