using Rotel.Exporters.Datadog.Obfuscation;

namespace Rotel.Exporters.Tests.Datadog.Obfuscation;

public sealed class SqlObfuscationTests : IDisposable
{
    private const string NotParsable = "Non-parsable SQL query";

    private readonly ObfuscatorBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Theory]
    [InlineData("SELECT name FROM shops WHERE id = 42", "SELECT name FROM shops WHERE id = ?")]
    [InlineData("select  *\n\tfrom shops\r\nwhere town='Ulm'", "select * from shops where town = ?")]
    [InlineData("SELECT o.* FROM orders o WHERE o.total>=-12.50 AND o.rate<.5", "SELECT o.* FROM orders o WHERE o.total >= ? AND o.rate < ?")]
    [InlineData("SELECT 1e-5, 0xDEADBEEF, 1.5E+10, -3", "SELECT ?")]
    [InlineData("SELECT a FROM t WHERE b IN (1, 2, 3)", "SELECT a FROM t WHERE b IN ( ? )")]
    [InlineData("SELECT a FROM t WHERE b IN ('x', 'y') AND c IN (?, ?)", "SELECT a FROM t WHERE b IN ( ? ) AND c IN ( ? )")]
    [InlineData("INSERT INTO t (a, b) VALUES (1, 'x'), (2, 'y'), (3, 'z')", "INSERT INTO t ( a, b ) VALUES ( ? )")]
    [InlineData("INSERT INTO t (a, b) VALUES (?, ?)", "INSERT INTO t ( a, b ) VALUES ( ? )")]
    [InlineData("UPDATE t SET a = 'x', b = 2 WHERE c = NULL OR d = TRUE", "UPDATE t SET a = ? b = ? WHERE c = ? OR d = ?")]
    [InlineData("SELECT a FROM t LIMIT 10 OFFSET 20", "SELECT a FROM t LIMIT ? OFFSET ?")]
    [InlineData("SELECT a FROM t LIMIT 10, 20", "SELECT a FROM t LIMIT ?")]
    [InlineData("SELECT COUNT(*) AS total, MAX(price) AS \"highest price\" FROM t AS x", "SELECT COUNT ( * ), MAX ( price ) FROM t")]
    [InlineData("SELECT a AS [the a], b FROM t", "SELECT a, b FROM t")]
    [InlineData("/* trace='00-ab' */ SELECT a -- secret\nFROM t /* b */", "SELECT a FROM t")]
    [InlineData("SELECT a FROM t; DELETE FROM u WHERE x = 5;", "SELECT a FROM t DELETE FROM u WHERE x = ?")]
    [InlineData("SELECT 'it''s', '', 'C:\\dir\\x' FROM t", "SELECT ? FROM t")]
    [InlineData("SELECT a FROM t WHERE id = :id AND b = @p0 AND c = $1 AND d = %s AND e = %(name)s", "SELECT a FROM t WHERE id = :id AND b = @p0 AND c = ? AND d = ? AND e = ?")]
    [InlineData("SELECT N'ab', x'1F', B'0101', n'c' FROM t", "SELECT ? FROM t")]
    [InlineData("SELECT `a`.`b` FROM `my table`", "SELECT a . b FROM my table")]
    [InlineData("SELECT \"a\".\"b\" FROM \"orders\" WHERE \"a\".\"c\" LIKE \"secret\"", "SELECT a . b FROM orders WHERE a . c LIKE ?")]
    [InlineData("SELECT a FROM t WHERE b = \"secret\" OR c IN (\"x\", \"y\")", "SELECT a FROM t WHERE b = ? OR c IN ( ? )")]
    [InlineData("SELECT a FROM t WHERE b IN (SELECT c FROM u WHERE d = 1)", "SELECT a FROM t WHERE b IN ( SELECT c FROM u WHERE d = ? )")]
    [InlineData("INSERT INTO t VALUES (1), (SELECT a FROM u)", "INSERT INTO t VALUES ( ? ) ( SELECT a FROM u )")]
    [InlineData("INSERT INTO t VALUES (1, NOW(), 2)", "INSERT INTO t VALUES ( ? NOW ( ), ? )")]
    [InlineData("SAVEPOINT sp_17", "SAVEPOINT ?")]
    [InlineData("{call f('x', 2)}", "{ call f ( ? ) }")]
    [InlineData("SELECT a FROM t WHERE d = {ts '2024-01-02 } 03:04:05'} AND b = 1", "SELECT a FROM t WHERE d = ? AND b = ?")]
    [InlineData("UPDATE k.users SET tags = {'a': 'b', 'c': 'd'} WHERE id = 550e8400-e29b-41d4-a716-446655440000", "UPDATE k.users SET tags = ? WHERE id = ?")]
    [InlineData("DELETE FROM t WHERE id = e50e8400-e29b-41d4-a716-446655440000", "DELETE FROM t WHERE id = ?")]
    [InlineData("SELECT $$it is $ 5$$, $x$a$$b$x$", "SELECT ?")]
    [InlineData("SET @x := 5", "SET @x := ?")]
    [InlineData("SELECT a*2, b%8, c||d, e!=3, f<>4 FROM t", "SELECT a * ? b % ? c | | d, e != ? f <> ? FROM t")]
    [InlineData("SELECT größe FROM straße WHERE ort = 'Köln'", "SELECT größe FROM straße WHERE ort = ?")]
    [InlineData("SELECT a[1], b[2:3] FROM t", "SELECT a [ ? ], b [ ? ] FROM t")]
    [InlineData("WITH x AS (SELECT 1) SELECT a FROM x", "WITH x SELECT ? ) SELECT a FROM x")]
    [InlineData("autovacuum: VACUUM ANALYZE t", "autovacuum : VACUUM ANALYZE t")]
    [InlineData("FLUSH", "FLUSH")]
    public void Sql_OfAnyDatabase_KeepsItsShape(string statement, string expected) => Assert.Equal(expected, _bench.Sql(statement));

    [Theory]
    [InlineData("MySql", "SELECT a FROM t WHERE b = 'it\\'s' AND c = \"a \\\" b\" # it's a secret\nLIMIT 1", "SELECT a FROM t WHERE b = ? AND c = ? LIMIT ?")]
    [InlineData("MySql", "SELECT 5--3 FROM t", "SELECT ? - ? FROM t")]
    [InlineData("MySql", "SELECT _utf8'x', \"a\", \"b\" FROM `t`", "SELECT _utf8 ? FROM t")]
    [InlineData("PostgreSql", "SELECT E'it\\'s', 'C:\\' FROM \"Orders\" AS o WHERE o.\"Id\" = $1", "SELECT ? FROM Orders WHERE o. Id = ?")]
    [InlineData("PostgreSql", "SELECT d->>'a', d#>'{b,c}', d @> '{\"x\": 1}', d ?| 'y', (d)::text FROM t", "SELECT d ->> ? d #> ? d @> ? d ?| ? ( d ) :: text FROM t")]
    [InlineData("PostgreSql", "DO $body$ BEGIN PERFORM f('it''s'); END $body$", "DO ?")]
    [InlineData("PostgreSql", "SELECT \"a\", \"b\" FROM t WHERE \"c\" = ANY($1)", "SELECT a, b FROM t WHERE c = ANY ( ? )")]
    [InlineData("SqlServer", "SELECT [it's].[b] FROM #temp AS t WHERE [c]=N'C:\\' AND d=@p0", "SELECT it's . b FROM #temp WHERE c = ? AND d = @p0")]
    [InlineData("SqlServer", "SELECT TOP(1) [o].[Id] FROM [Orders] AS [o] WHERE [o].[Price] > $9.95", "SELECT TOP ( ? ) o . Id FROM Orders WHERE o . Price > ?")]
    [InlineData("Oracle", "SELECT q'[it's]', q'!it's!', nq'{a}b}' FROM v$session WHERE x# = :1", "SELECT ? FROM v$session WHERE x# = ?")]
    [InlineData("Sqlite", "SELECT \"b\".\"Id\", \"b\".\"Name\" FROM \"Blogs\" AS \"b\" WHERE \"b\".\"Id\" = @id", "SELECT b . Id, b . Name FROM Blogs WHERE b . Id = @id")]
    [InlineData("Sqlite", "INSERT INTO \"Blogs\" (\"Name\", [Url]) VALUES ('a', $b)", "INSERT INTO Blogs ( Name, Url ) VALUES ( ? $b )")]
    public void Sql_OfAKnownDatabase_IsReadAsThatDatabaseReads(string dialect, string statement, string expected) =>
        Assert.Equal(expected, _bench.Sql(statement, Enum.Parse<SqlDialect>(dialect)));

    /// <summary>Cut in a literal, or read in two ways: nothing is kept.</summary>
    [Theory]
    [InlineData("SELECT a FROM t WHERE b = 'secret")]
    [InlineData("SELECT a FROM t WHERE b = \"secret")]
    [InlineData("SELECT a FROM t WHERE b = 'secret'' AND c = 2")]
    [InlineData("SELECT a FROM `secret")]
    [InlineData("SELECT a /* secret")]
    [InlineData("SELECT a /* b /* c */ secret */ FROM t")]
    [InlineData("SELECT $$secret")]
    [InlineData("SELECT $tag$secret$tug$")]
    [InlineData("SELECT a$$b, 'it$$ secret', 'x'")]
    [InlineData("SELECT {ts 'secret'")]
    [InlineData("INSERT INTO t VALUES ('it\\'s my secret")]
    [InlineData("SELECT a FROM t WHERE b = 'C:\\' AND c = 'secret -- '")]
    [InlineData("SELECT a # it's\n secret FROM t")]
    [InlineData("SELECT [it's] , 'secret', [he's]")]
    [InlineData("SELECT '''it's my secret''', 'x'")]
    [InlineData("SELECT q'[it's one secret]', q'[it's two]'")]
    [InlineData("SELECT ‘secret’")]
    [InlineData("SELECT a \\ b")]
    [InlineData("a }")]
    [InlineData("-- secret")]
    [InlineData(" \n")]
    [InlineData("SELECT a\u0000")]
    public void Sql_ThatIsNotCertain_IsHiddenWhole(string statement) => Assert.Equal(NotParsable, _bench.Sql(statement));

    [Fact]
    public void Sql_OfMySql_DoesNotGuessAgainWhereItIsCut() =>
        Assert.Equal(NotParsable, _bench.Sql("INSERT INTO t VALUES ('it\\'s my secret", SqlDialect.MySql));

    /// <summary>Quadratic work would not end while anybody waits.</summary>
    [Theory]
    [InlineData("[")]
    [InlineData("(")]
    [InlineData("{")]
    [InlineData("'")]
    [InlineData("\"")]
    [InlineData("$")]
    [InlineData("$a$b")]
    [InlineData("%(")]
    [InlineData("/*")]
    [InlineData("-- \n")]
    [InlineData("#x\n")]
    [InlineData("?,")]
    [InlineData("(1),")]
    [InlineData("a.")]
    [InlineData("12345678-")]
    [InlineData("abcdefgh-")]
    [InlineData("q'[")]
    [InlineData("é")]
    public void Sql_OfAMillionBytes_TakesLinearTime(string piece)
    {
        var text = string.Concat(Enumerable.Repeat(piece, 1_000_000 / piece.Length));
        foreach (var dialect in (SqlDialect[])[SqlDialect.Unknown, SqlDialect.MySql, SqlDialect.PostgreSql, SqlDialect.SqlServer])
            _bench.Sql(text + "]'\")}", dialect);
    }
}
