using System.Text;
using Rotel.ClickHouse.TestKit.Server;

namespace Rotel.ClickHouse.TestKit;

public sealed class SqlStatementTests
{
    [Theory]
    [InlineData("INSERT INTO t FORMAT TSV\n1\n", "INSERT INTO t ", "TSV", "1\n")]
    [InlineData("INSERT INTO t FORMAT RowBinary \t\r\n\n1", "INSERT INTO t ", "RowBinary", "\n1")]
    [InlineData(
        "insert into `a.FORMAT x` (`format`, b) settings a = 'FORMAT y' format Native\n",
        "insert into `a.FORMAT x` (`format`, b) settings a = 'FORMAT y' ", "Native", "")]
    [InlineData("/* FORMAT x */ INSERT INTO t VALUES (1, 'FORMAT CSV')", "/* FORMAT x */ INSERT INTO t ", "Values", " (1, 'FORMAT CSV')")]
    [InlineData("INSERT INTO t (a) FORMAT CSV", "INSERT INTO t (a) ", "CSV", "")]
    public void Insert_WithData_IsCutBeforeItsFormat(string sql, string text, string format, string data)
    {
        var statement = SqlStatement.Parse(Encoding.UTF8.GetBytes(sql));

        Assert.True(statement.IsInsertWithData);
        Assert.Equal(text, Encoding.UTF8.GetString(statement.Text.Span));
        Assert.Equal(format, statement.Format);
        Assert.Equal(data, Encoding.UTF8.GetString(statement.Data.Span));
    }

    [Theory]
    [InlineData("SELECT 1 FORMAT JSON", "JSON")]
    [InlineData("SELECT format('{}', 1) AS x, (SELECT 1 AS format) FROM t -- FORMAT CSV", null)]
    [InlineData("INSERT INTO t SELECT * FROM s", null)]
    [InlineData("INSERT INTO t WITH 1 AS x SELECT x", null)]
    [InlineData("", null)]
    [InlineData("'unclosed \\", null)]
    public void OtherStatements_StayWhole(string sql, string? format)
    {
        var statement = SqlStatement.Parse(Encoding.UTF8.GetBytes(sql));

        Assert.False(statement.IsInsertWithData);
        Assert.Equal(sql, Encoding.UTF8.GetString(statement.Text.Span));
        Assert.Equal(format, statement.Format);
    }
}
