using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Rotel.ClickHouse.TestKit.Server;
using Rotel.ClickHouse.TestKit.Wire;

namespace Rotel.ClickHouse.TestKit;

/// <summary>What a client without a driver, such as our exporter, relies on.</summary>
public sealed class HttpInterfaceTests : IAsyncLifetime
{
    private readonly HttpClient _http = new();
    private ClickHouseServer _server = null!;
    private ClickHouseDatabase _database = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await ClickHouseServer.StartAsync(Cancellation);
        _database = await _server.CreateDatabaseAsync(Cancellation);
        await _database.QueryAsync("CREATE TABLE t (a UInt32, s String) ENGINE = MergeTree ORDER BY a", cancellation: Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _database.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Ping_AndRoot_AreOk()
    {
        Assert.Equal("Ok.\n", await _http.GetStringAsync(new Uri(_server.Endpoint, "/ping"), Cancellation));
        Assert.Equal("Ok.\n", await _http.GetStringAsync(_server.Endpoint, Cancellation));
        using var nothing = await _http.GetAsync(new Uri(_server.Endpoint, "/nothing"), Cancellation);
        Assert.Equal(HttpStatusCode.NotFound, nothing.StatusCode);
    }

    [Fact]
    public async Task Query_InUrlBodyOrBoth_IsOneText()
    {
        Assert.Equal("1\n", await TextAsync("", "SELECT 1"));
        Assert.Equal("1\n", await TextAsync("query=SELECT", "1"));
        Assert.Equal("{\"x\":1}\n", await TextAsync("default_format=JSONEachRow", "SELECT 1 AS x"));
        Assert.Equal("1\n", await _http.GetStringAsync(new Uri(_server.Endpoint, "/?query=SELECT%201"), Cancellation));
    }

    [Theory]
    [InlineData("INSERT INTO t (a, s) FORMAT TSV", "1\tx\n2\ty\n")]
    [InlineData("INSERT INTO t VALUES", "(1, 'x'), (2, 'y FORMAT z')")]
    [InlineData("", "INSERT INTO t (a, s) FORMAT CSV\n1,x\n2,y\n")]
    [InlineData("", "insert into t -- a comment with FORMAT\n (a, s) values (1, ';'), (2, 'y')")]
    [InlineData("INSERT INTO t SELECT number + 1, 'FORMAT x' FROM numbers(2)", "")]
    [InlineData("INSERT INTO t (a, s) SETTINGS async_insert = 1 FORMAT JSONEachRow", "{\"a\":1,\"s\":\"\\n\"} {\"a\":2}")]
    public async Task Insert_InEveryForm_InsertsItsRows(string query, string body)
    {
        using var answer = await PostAsync($"query={Uri.EscapeDataString(query)}", new StringContent(body));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        var summary = JsonElement.Parse(answer.Headers.GetValues("X-ClickHouse-Summary").Single());
        Assert.Equal("2", summary.GetProperty("written_rows").GetString());
        Assert.Equal("1\n2", await _database.QueryAsync("SELECT a FROM t ORDER BY a", cancellation: Cancellation));
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    [InlineData("br")]
    [InlineData("zstd")]
    [InlineData("lz4")]
    public async Task Insert_InAContentCoding_IsDecoded(string coding)
    {
        var content = new ByteArrayContent(ContentCoding.Encode(coding, "1\tx\n"u8.ToArray()));
        content.Headers.ContentEncoding.Add(coding);

        using var answer = await PostAsync("query=INSERT%20INTO%20t%20FORMAT%20TSV", content);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("1\tx", await _database.QueryAsync("SELECT * FROM t", cancellation: Cancellation));
    }

    [Fact]
    public async Task Insert_InCompressedFrames_IsDecodedAndChecked()
    {
        var frames = CompressedFrames.Pack("1\tx\n"u8);
        const string Target = "decompress=1&query=INSERT%20INTO%20t%20FORMAT%20TSV";

        using (var answer = await PostAsync(Target, new ByteArrayContent(frames)))
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        frames[^1] ^= 1;
        using (var answer = await PostAsync(Target, new ByteArrayContent(frames)))
        {
            Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
            Assert.Equal("40", answer.Headers.GetValues("X-ClickHouse-Exception-Code").Single());
        }

        Assert.Equal(1, await _database.CountAsync("SELECT count() FROM t", Cancellation));
    }

    [Fact]
    public async Task Answer_WithCompress1_IsInFrames()
    {
        using var answer = await PostAsync("compress=1", new StringContent("SELECT number FROM numbers(500000)"));

        var text = CompressedFrames.Unpack(await answer.Content.ReadAsByteArrayAsync(Cancellation));
        Assert.Equal(string.Concat(Enumerable.Range(0, 500000).Select(number => $"{number}\n")), Encoding.UTF8.GetString(text));
    }

    [Fact]
    public async Task Answer_InACoding_OnlyWhereTheSettingSaysSo()
    {
        foreach (var (setting, coding) in new[] { ("0", null), ("1", "gzip") })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, Target($"enable_http_compression={setting}"));
            request.Content = new StringContent("SELECT 1");
            request.Headers.AcceptEncoding.ParseAdd("gzip, deflate");
            using var answer = await _http.SendAsync(request, Cancellation);
            Assert.Equal(coding, answer.Content.Headers.ContentEncoding.SingleOrDefault());
            await using var body = await answer.Content.ReadAsStreamAsync(Cancellation);
            using var text = new StreamReader(coding is null ? body : new GZipStream(body, CompressionMode.Decompress));
            Assert.Equal("1\n", await text.ReadToEndAsync(Cancellation));
        }
    }

    [Fact]
    public async Task Get_OnlyReads()
    {
        using var answer = await _http.GetAsync(Target("query=INSERT%20INTO%20t%20VALUES%20(1,%20'x')"), Cancellation);

        Assert.Equal("164", answer.Headers.GetValues("X-ClickHouse-Exception-Code").Single());
        Assert.Equal(0, await _database.CountAsync("SELECT count() FROM t", Cancellation));
    }

    [Theory]
    [InlineData("SELECT * FROM nowhere", HttpStatusCode.NotFound, 60)]
    [InlineData("INSERT INTO nowhere FORMAT TSV\n1\n", HttpStatusCode.NotFound, 60)]
    [InlineData("INSERT INTO t (nothing) FORMAT TSV\n1\n", HttpStatusCode.InternalServerError, 16)]
    [InlineData("INSERT INTO t (a) FORMAT TSV\nx\n", HttpStatusCode.BadRequest, 27)]
    [InlineData("SELEC 1", HttpStatusCode.BadRequest, 62)]
    [InlineData("SELECT throwIf(1)", HttpStatusCode.InternalServerError, 395)]
    public async Task Error_HasStatusCodeAndText(string sql, HttpStatusCode status, int code)
    {
        using var answer = await PostAsync("query_id=mine", new StringContent(sql));

        var text = await answer.Content.ReadAsStringAsync(Cancellation);
        Assert.True(status == answer.StatusCode, text);
        Assert.Equal($"{code}", answer.Headers.GetValues("X-ClickHouse-Exception-Code").Single());
        Assert.Equal("mine", answer.Headers.GetValues("X-ClickHouse-Query-Id").Single());
        Assert.Matches($@"(?s)^Code: {code}\. DB::Exception: .*\([A-Z_]+\) \(version 26\.7\.[\d.]+ \(official build\)\)\n$", text);
    }

    [Fact]
    public async Task Database_Unknown_Is404()
    {
        var target = new Uri(_server.Endpoint, "/?database=nowhere");
        using var answer = await _http.PostAsync(target, new StringContent("SELECT 1"), Cancellation);

        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        Assert.Equal("81", answer.Headers.GetValues("X-ClickHouse-Exception-Code").Single());
    }

    [Fact]
    public async Task Users_AreCheckedInAllThreePlaces()
    {
        _server.Users.Set("ann", "se:cret");
        var basic = new AuthenticationHeaderValue("Basic", Convert.ToBase64String("ann:se:cret"u8));

        Assert.Equal(HttpStatusCode.OK, await StatusAsync("user=ann&password=se:cret"));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("", ("X-ClickHouse-User", "ann"), ("X-ClickHouse-Key", "se:cret")));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync("", ("Authorization", basic.ToString())));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(""));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync("user=ann"));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync("user=bob"));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync("", ("X-ClickHouse-User", "ann"), ("X-ClickHouse-Key", "wrong")));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync("user=ann&password=se:cret", ("Authorization", basic.ToString())));
        _server.Users.Remove("default");
        using var answer = await PostAsync("", new StringContent("SELECT 1"));
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Equal("516", answer.Headers.GetValues("X-ClickHouse-Exception-Code").Single());
    }

    [Fact]
    public async Task Record_HasEveryRequest()
    {
        const string Parameters = "query=INSERT%20INTO%20t%20FORMAT%20TSV&insert_deduplication_token=x";
        using var answer = await PostAsync(Parameters, new StringContent("1\tx\n"));

        var request = Assert.Single(_server.Requests);
        Assert.True(request.IsInsert);
        Assert.Equal("POST", request.Method);
        Assert.Equal("INSERT INTO t FORMAT TSV", request.Query);
        Assert.Equal("INSERT INTO t", request.Statement);
        Assert.Equal("1\tx\n"u8, request.Body);
        Assert.Equal("x", request.Parameters["insert_deduplication_token"]);
        Assert.Equal("text/plain; charset=utf-8", request.Headers["content-type"]);
    }

    private async Task<HttpStatusCode> StatusAsync(string parameters, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Target(parameters));
        request.Content = new StringContent("SELECT 1");
        foreach (var (name, value) in headers)
            request.Headers.Add(name, value);
        using var answer = await _http.SendAsync(request, Cancellation);
        return answer.StatusCode;
    }

    private async Task<string> TextAsync(string parameters, string body)
    {
        using var answer = await PostAsync(parameters, new StringContent(body));
        return await answer.Content.ReadAsStringAsync(Cancellation);
    }

    private Task<HttpResponseMessage> PostAsync(string parameters, HttpContent content) =>
        _http.PostAsync(Target(parameters), content, Cancellation);

    private Uri Target(string parameters) => new(_server.Endpoint, $"/?database={_database.Name}&{parameters}");
}
