using System.Text;
using Rotel.ClickHouse.TestKit.Engine;

namespace Rotel.ClickHouse.TestKit;

public sealed class ClickHouseEngineTests
{
    [Fact]
    public void Query_WithRows_AnswersInTheFormatAskedFor()
    {
        var engine = ClickHouseEngine.Shared;

        Assert.StartsWith("26.7.", engine.Version, StringComparison.Ordinal);
        Assert.Equal("{\"a\":1}", engine.Query("SELECT 1 AS a", "JSONEachRow").Text);
        Assert.Equal("1,\"x\"", engine.Query("SELECT 1, 'x' FORMAT CSV").Text);
    }

    [Fact]
    public void Insert_OfBinaryData_IsReadBackByTheEngine()
    {
        var engine = ClickHouseEngine.Shared;
        engine.Query("CREATE TABLE default.engine_insert (a UInt32, s String) ENGINE = MergeTree ORDER BY a");
        try
        {
            var rows = engine.Query(
                "SELECT number::UInt32 AS a, concat('x;\\n\\'', toString(number)) AS s FROM numbers(300000)", "Native").Data;

            var result = engine.Insert("INSERT INTO default.engine_insert (a, s)", "Native", rows);

            Assert.True(rows.Length > 1 << 20, "the data go in by several pieces");
            Assert.Equal(300000UL, result.RowsWritten);
            Assert.Equal("300000\t299999", engine.Query(
                "SELECT count(), max(a) FROM default.engine_insert WHERE s = concat('x;\\n\\'', toString(a))").Text);
        }
        finally
        {
            engine.Query("DROP TABLE default.engine_insert SYNC");
        }
    }

    [Theory]
    [InlineData("SELECT * FROM nowhere", 60, "UNKNOWN_TABLE")]
    [InlineData("SELEC 1", 62, "SYNTAX_ERROR")]
    [InlineData("SET nonsense = 1", 115, "UNKNOWN_SETTING")]
    public void Query_Refused_ThrowsTheEnginesCode(string sql, int code, string name)
    {
        var error = Assert.Throws<ClickHouseEngineException>(() => ClickHouseEngine.Shared.Query(sql));

        Assert.Equal((code, name), (error.Code, error.Name));
        Assert.StartsWith($"Code: {code}. DB::Exception: ", error.Message, StringComparison.Ordinal);
        Assert.EndsWith($"({name})", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Insert_OfBrokenData_ThrowsTheEnginesCode()
    {
        var engine = ClickHouseEngine.Shared;
        var error = Assert.Throws<ClickHouseEngineException>(
            () => engine.Insert("INSERT INTO FUNCTION null('a UInt32, s String')", "RowBinary", "\u0001\0"u8));

        Assert.Equal((33, "CANNOT_READ_ALL_DATA"), (error.Code, error.Name));
        Assert.Throws<ClickHouseEngineException>(() => engine.Insert("INSERT INTO nowhere", "RowBinary", new byte[4 << 20]));
    }

    [Fact]
    public void Connections_HaveSettingsOfTheirOwn()
    {
        using var one = new EngineConnection(ClickHouseEngine.Shared);
        using var other = new EngineConnection(ClickHouseEngine.Shared);

        one.Query("SET max_threads = 3");

        Assert.Equal("3", one.Query("SELECT getSetting('max_threads')").Text);
        Assert.NotEqual("3", other.Query("SELECT getSetting('max_threads')").Text);
        Assert.Equal("é\t\\N\t7", one.Query(
            Encoding.UTF8.GetBytes("SELECT {a:String}, {b:Nullable(Int32)}, {c:UInt8}"),
            "TabSeparated",
            new Dictionary<string, string> { ["a"] = "é", ["b"] = "\\N", ["c"] = "7" }).Text);
    }
}
