using System.Text.Json.Nodes;
using ClickHouse.Driver;
using ClickHouse.Driver.ADO;
using ClickHouse.Driver.ADO.Parameters;
using ClickHouse.Driver.Compression;
using ClickHouse.Driver.Utility;
using Rotel.ClickHouse.TestKit.Server;
using Rotel.ClickHouse.TestKit.Wire;

namespace Rotel.ClickHouse.TestKit;

/// <summary>The official .NET client, which nobody here wrote, against the HTTP front over the engine.</summary>
public sealed class DriverTests : IAsyncLifetime
{
    private ClickHouseDatabase _database = null!;
    private ClickHouseClient _client = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _database = await ClickHouseDatabase.CreateAsync(Cancellation);
        _client = new ClickHouseClient(Settings());
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Ping_IsAnswered() => Assert.True(await _client.PingAsync(cancellationToken: Cancellation));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Parameters_OfAllKinds_ComeBackAsTheyWent(bool asForm)
    {
        using var client = new ClickHouseClient(new ClickHouseClientSettings(Settings()) { UseFormDataParameters = asForm });
        var parameters = new ClickHouseParameterCollection();
        parameters.AddParameter("text", "tab\there, 'quote', back\\slash, line\nend, é 日本 \U0001F600");
        parameters.AddParameter("int", -5);
        parameters.AddParameter("long", ulong.MaxValue);
        parameters.AddParameter("double", 0.1);
        parameters.AddParameter("bool", true);
        parameters.AddParameter("when", new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc));
        parameters.AddParameter("list", new[] { "a'b", "c" });
        parameters.AddParameter("map", new Dictionary<string, string> { ["k"] = "v" });
        parameters.AddParameter("guid", Guid.Parse("61f0c404-5cb3-11e7-907b-a6006ad3dba0"));

        await using var reader = await client.ExecuteReaderAsync(
            "SELECT {text:String}, {int:Int32}, {long:UInt64}, {double:Float64}, {bool:Bool}, toString({when:DateTime('UTC')}), "
            + "{list:Array(String)}, {map:Map(String, String)}, {guid:UUID}, {nothing:Nullable(Int32)}",
            With(parameters, "nothing", null), cancellationToken: Cancellation);

        Assert.True(reader.Read());
        Assert.Equal("tab\there, 'quote', back\\slash, line\nend, é 日本 \U0001F600", reader.GetValue(0));
        Assert.Equal(-5, reader.GetValue(1));
        Assert.Equal(ulong.MaxValue, reader.GetValue(2));
        Assert.Equal(0.1, reader.GetValue(3));
        Assert.Equal(true, reader.GetValue(4));
        Assert.Equal("2026-01-02 03:04:05", reader.GetValue(5));
        Assert.Equal(new[] { "a'b", "c" }, Assert.IsType<string[]>(reader.GetValue(6)));
        Assert.Equal("v", Assert.IsAssignableFrom<IDictionary<string, string>>(reader.GetValue(7))["k"]);
        Assert.Equal(Guid.Parse("61f0c404-5cb3-11e7-907b-a6006ad3dba0"), reader.GetValue(8));
        Assert.True(reader.IsDBNull(9));
        Assert.False(reader.Read());
    }

    [Fact]
    public async Task Types_OfTheOpenTelemetrySchema_AreReadAsTheyWereWritten()
    {
        await ExecuteAsync(
            "CREATE TABLE t (Timestamp DateTime64(9) CODEC(Delta(8), ZSTD(1)), Service LowCardinality(String), "
            + "Attributes Map(LowCardinality(String), String), Names Array(LowCardinality(String)), "
            + "Maps Array(Map(LowCardinality(String), String)), Nested Array(Array(UInt64)), "
            + "`E.Name` Array(String), Flag Boolean, Json JSON, F Float64) ENGINE = MergeTree ORDER BY Timestamp");
        await ExecuteAsync(
            "INSERT INTO t VALUES ('2026-01-02 03:04:05.123456789', 'svc', {'b': '2', 'a': '1'}, ['x', 'y'], [{'k': 'v'}, {}], "
            + "[[1, 2], []], ['e'], true, '{\"a\": {\"b\": 1}, \"c\": [\"x\"]}', nan)");

        await using var reader = await _client.ExecuteReaderAsync("SELECT * FROM t", cancellationToken: Cancellation);

        Assert.True(reader.Read());
        Assert.Equal(new DateTime(2026, 1, 2, 3, 4, 5).AddTicks(1234567), reader.GetDateTime(0));
        Assert.Equal("svc", reader.GetValue(1));
        var attributes = Assert.IsAssignableFrom<IDictionary<string, string>>(reader.GetValue(2));
        Assert.Equal(["1", "2"], attributes.OrderBy(pair => pair.Key).Select(pair => pair.Value));
        Assert.Equal(["x", "y"], Assert.IsType<string[]>(reader.GetValue(3)));
        Assert.Equal(2, Assert.IsAssignableFrom<Array>(reader.GetValue(4)).Length);
        Assert.Equal([1UL, 2UL], Assert.IsType<ulong[][]>(reader.GetValue(5))[0]);
        Assert.Equal(["e"], Assert.IsType<string[]>(reader.GetValue(6)));
        Assert.Equal(true, reader.GetValue(7));
        var json = Assert.IsType<JsonObject>(reader.GetValue(8));
        Assert.Equal("1", json["a"]!["b"]!.ToString());
        Assert.Equal("x", json["c"]![0]!.ToString());
        Assert.Equal(double.NaN, reader.GetValue(9));
    }

    public static TheoryData<string> Compressors { get; } = ["none", "gzip", "br", "lz4", "zstd"];

    [Theory]
    [MemberData(nameof(Compressors))]
    public async Task BulkInsert_ThenSelect_GivesTheRowsBack(string compressor)
    {
        await ExecuteAsync(
            "CREATE TABLE bulk (id UInt64, name LowCardinality(String), tags Map(LowCardinality(String), String)) "
            + "ENGINE = MergeTree ORDER BY id");

        var written = await _client.InsertBinaryAsync(
            "bulk", ["id", "name", "tags"],
            Enumerable.Range(0, 25000).Select(id => new object[]
            {
                (ulong)id, $"name {id % 7}", new Dictionary<string, string> { ["n"] = $"{id}" },
            }),
            new InsertOptions { BatchSize = 10000, Compressor = Compressor(compressor) }, Cancellation);

        Assert.Equal(25000, written);
        Assert.Equal("25000\t7\t312487500", await _database.QueryAsync(
            "SELECT count(), uniqExact(name), sum(toUInt64(tags['n'])) FROM bulk WHERE tags['n'] = toString(id)", cancellation: Cancellation));
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    [InlineData("zstd")]
    [InlineData("lz4")]
    [InlineData("br")]
    public async Task Answers_InACoding_AreReadByTheDriver(string coding)
    {
        using var client = new ClickHouseClient(new ClickHouseClientSettings(Settings()) { UseCompression = true, AcceptEncoding = coding });

        var sum = 0UL;
        await using var reader = await client.ExecuteReaderAsync("SELECT number FROM numbers(100000)", cancellationToken: Cancellation);
        while (reader.Read())
            sum += (ulong)reader.GetValue(0);

        Assert.Equal(4999950000UL, sum);
    }

    [Theory]
    [InlineData("SELECT * FROM nowhere", 60)]
    [InlineData("SELEC 1", 62)]
    [InlineData("SELECT throwIf(1, 'boom')", 395)]
    [InlineData("INSERT INTO nowhere VALUES (1)", 60)]
    public async Task Errors_AreTheEngines(string sql, int code)
    {
        var error = await Assert.ThrowsAsync<ClickHouseServerException>(() => ExecuteAsync(sql));

        Assert.Equal(code, error.ErrorCode);
        Assert.StartsWith($"Code: {code}. DB::Exception: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WrongPassword_IsRefused()
    {
        using var client = new ClickHouseClient(new ClickHouseClientSettings(Settings()) { Username = "nobody", Password = "wrong" });

        var error = await Assert.ThrowsAsync<ClickHouseServerException>(
            () => client.ExecuteScalarAsync("SELECT 1", cancellationToken: Cancellation));

        Assert.Equal(516, error.ErrorCode);
    }

    [Fact]
    public async Task Settings_ReachTheEngine()
    {
        Assert.Equal("3 it's", await WithSettingsAsync(
            "SELECT concat(toString(getSetting('max_threads')), ' ', getSetting('insert_deduplication_token'))",
            new() { ["max_threads"] = 3, ["insert_deduplication_token"] = "it's" }));

        var error = await Assert.ThrowsAsync<ClickHouseServerException>(() => WithSettingsAsync("SELECT 1", new() { ["nonsense"] = 1 }));
        Assert.Equal(115, error.ErrorCode);
    }

    [Fact]
    public async Task RawInsert_OfCompressedFrames_IsDecoded()
    {
        await ExecuteAsync("CREATE TABLE raw (a UInt8) ENGINE = MergeTree ORDER BY a");
        using var frames = new MemoryStream(CompressedFrames.Pack([1, 2, 3]));
        var options = new QueryOptions { CustomSettings = new Dictionary<string, object> { ["decompress"] = 1 } };

        using var answer = await _client.InsertRawStreamAsync(
            "raw", frames, "RowBinary", ["a"], useCompression: false, options, Cancellation);

        Assert.Equal("1\n2\n3", await _database.QueryAsync("SELECT a FROM raw ORDER BY a", cancellation: Cancellation));
    }

    private static IClickHouseCompressor? Compressor(string name) => name switch
    {
        "gzip" => GZipCompressor.Default,
        "br" => BrotliCompressor.Default,
        "lz4" => Lz4Compressor.Default,
        "zstd" => ZstdCompressor.Default,
        _ => null,
    };

    private static ClickHouseParameterCollection With(ClickHouseParameterCollection parameters, string name, object? value)
    {
        parameters.Add(new ClickHouseDbParameter { ParameterName = name, Value = value });
        return parameters;
    }

    private Task<object> WithSettingsAsync(string sql, Dictionary<string, object> settings) =>
        _client.ExecuteScalarAsync(sql, options: new QueryOptions { CustomSettings = settings }, cancellationToken: Cancellation);

    private Task<int> ExecuteAsync(string sql) => _client.ExecuteNonQueryAsync(sql, cancellationToken: Cancellation);

    private ClickHouseClientSettings Settings() => new()
    {
        Protocol = _database.Endpoint.Scheme,
        Host = _database.Endpoint.Host,
        Port = (ushort)_database.Endpoint.Port,
        Database = _database.Name,
        Username = _database.User,
        Password = _database.Password,
    };
}
