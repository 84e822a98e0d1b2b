using Rotel.ClickHouse.TestKit.Engine;

namespace Rotel.ClickHouse.TestKit;

/// <summary>What the exporter's retries build on: which repeated inserts ClickHouse drops, in the table and behind a view.</summary>
public sealed class InsertDeduplicationTests : IDisposable
{
    private const string Fails = "SELECT id, min(ts) AS first FROM t WHERE throwIf(id = '3', 'boom') = 0 GROUP BY id";
    private const string Works = "SELECT id, min(ts) AS first FROM t GROUP BY id";

    private readonly EngineConnection _connection = new(ClickHouseEngine.Shared);
    private readonly string _database = $"deduplication_{Guid.NewGuid():N}";

    public InsertDeduplicationTests()
    {
        _connection.Query($"CREATE DATABASE {_database}");
        _connection.Query($"USE {_database}");
    }

    public void Dispose()
    {
        _connection.Query($"DROP DATABASE {_database} SYNC");
        _connection.Dispose();
    }

    [Theory]
    [InlineData(0, 0, 1, 600, 20)]
    [InlineData(100, 0, 1, 300, 20)]
    [InlineData(100, 100, 0, 300, 20)]
    [InlineData(100, 100, 1, 300, 10)]
    public void RepeatedInsert_IsDropped_WhereTableAndViewHaveAWindow(int window, int viewWindow, int setting, int rows, int viewRows)
    {
        Create(window, viewWindow, Works);
        var blocks = Blocks(days: 3, 100, 100, 100);

        Insert(blocks, "a", setting);
        Insert(blocks, "a", setting);

        Assert.Equal((rows, viewRows), (Count("t"), Count("seen")));
    }

    [Fact]
    public void FailedView_IsFilledByTheRepeatedInsert_AndTheTableNotDoubled()
    {
        Create(100, 100, Fails);
        var blocks = Blocks(days: 1, 100, 100);

        Assert.Equal(395, Assert.Throws<ClickHouseEngineException>(() => Insert(blocks, "a")).Code);
        Assert.Equal((200, 0), (Count("t"), Count("seen")));
        _connection.Query("DROP TABLE view SYNC");
        _connection.Query($"CREATE MATERIALIZED VIEW view TO seen AS {Works}");
        Insert(blocks, "a");
        Insert(blocks, "a");

        Assert.Equal((200, 10), (Count("t"), Count("seen")));
    }

    [Fact]
    public void Token_StandsForTheNumberOfBlocks_NotForTheirRows()
    {
        Create(100, 100, Works);

        Insert(Blocks(days: 1, 100, 100), "a");
        Insert(Blocks(days: 1, 50, 70), "a");
        Assert.Equal(200, Count("t"));
        Insert(Blocks(days: 1, 100, 50, 50), "a");
        Assert.Equal(400, Count("t"));
        Insert(Blocks(days: 1, 100, 100), "b");
        Assert.Equal(600, Count("t"));
    }

    [Fact]
    public void Window_CountsPartsOfTheWholeTable()
    {
        Create(2, 100, Works);
        var blocks = Blocks(days: 3, 300);

        Insert(blocks, "a");
        Insert(blocks, "a");

        Assert.Equal(600, Count("t"));
    }

    [Fact]
    public void BlocksOfManyDays_AreJoined_AndRefusedWithTheCodeOfTooManyParts()
    {
        Create(100, 100, Works);

        byte[] blocks = [.. BlocksFrom(0, days: 75, 75), .. BlocksFrom(75, days: 75, 75)];
        var error = Assert.Throws<ClickHouseEngineException>(() => Insert(blocks, "a"));

        Assert.Equal((252, "TOO_MANY_PARTS"), (error.Code, error.Name));
        Assert.Contains("Too many partitions for single INSERT block", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, Count("t"));
    }

    private void Create(int window, int viewWindow, string view)
    {
        _connection.Query(
            "CREATE TABLE t (id String, ts DateTime64(9)) ENGINE = MergeTree PARTITION BY toDate(ts) ORDER BY id "
            + $"SETTINGS non_replicated_deduplication_window = {window}");
        _connection.Query(
            "CREATE TABLE seen (id String, first DateTime64(9)) ENGINE = MergeTree ORDER BY id "
            + $"SETTINGS non_replicated_deduplication_window = {viewWindow}");
        _connection.Query($"CREATE MATERIALIZED VIEW view TO seen AS {view}");
    }

    private byte[] Blocks(int days, params ReadOnlySpan<int> rows) => BlocksFrom(0, days, rows);

    /// <summary>Native blocks one behind the other, with ten ids.</summary>
    private byte[] BlocksFrom(int firstDay, int days, params ReadOnlySpan<int> rows)
    {
        using var blocks = new MemoryStream();
        foreach (var count in rows)
        {
            blocks.Write(_connection.Query(
                $"SELECT toString(number % 10) AS id, toDateTime64('2026-01-01', 9, 'UTC') + ({firstDay} + number % {days}) * 86400 AS ts "
                + $"FROM numbers({count})", "Native").Data);
        }

        return blocks.ToArray();
    }

    private void Insert(byte[] blocks, string token, int setting = 1) => _connection.Insert(
        $"INSERT INTO t SETTINGS insert_deduplication_token = '{token}', deduplicate_blocks_in_dependent_materialized_views = {setting}",
        "Native", blocks);

    private int Count(string table) => int.Parse(_connection.Query($"SELECT count() FROM {table}").Text, provider: null);
}
