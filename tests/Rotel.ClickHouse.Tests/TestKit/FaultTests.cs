using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Rotel.ClickHouse.TestKit.Server;
using Rotel.TestKit;

namespace Rotel.ClickHouse.TestKit;

/// <summary>Each fault that a test can script, as a plain HTTP client sees it, and what it leaves in the table.</summary>
public sealed class FaultTests : IAsyncLifetime
{
    private readonly HttpClient _http = new();
    private ClickHouseServer _server = null!;
    private ClickHouseDatabase _database = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _server = await ClickHouseServer.StartAsync(Cancellation);
        _database = await _server.CreateDatabaseAsync(Cancellation);
        await _database.QueryAsync("CREATE TABLE t (a UInt32) ENGINE = MergeTree ORDER BY a", cancellation: Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _database.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Status_IsAProxysAnswer_AndNothingIsInserted()
    {
        _server.Script.Then(ServerBehaviour.Status(503, "7", "away\n"));

        using var answer = await InsertAsync();

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal("7", answer.Headers.RetryAfter!.ToString());
        Assert.DoesNotContain(answer.Headers, header => header.Key.StartsWith("X-ClickHouse", StringComparison.OrdinalIgnoreCase));
        Assert.Equal("away\n", await answer.Content.ReadAsStringAsync(Cancellation));
        await AssertRowsAsync(0);
    }

    [Fact]
    public async Task Refuse_IsAnAnswerOfClickHouse_AndNothingIsInserted()
    {
        _server.Script.Then(ServerBehaviour.Refuse(252, "TOO_MANY_PARTS", "Too many parts (3000)"));

        using var answer = await InsertAsync();

        Assert.Equal(HttpStatusCode.InternalServerError, answer.StatusCode);
        Assert.Equal("252", answer.Headers.GetValues("X-ClickHouse-Exception-Code").Single());
        Assert.Matches(
            @"^Code: 252\. DB::Exception: Too many parts \(3000\) \(TOO_MANY_PARTS\) \(version 26\.7\.[\d.]+ \(official build\)\)\n$",
            await answer.Content.ReadAsStringAsync(Cancellation));
        await AssertRowsAsync(0);
    }

    [Fact]
    public async Task CloseBeforeReading_GivesNoAnswer_AndNothingIsInserted()
    {
        _server.Script.Then(ServerBehaviour.CloseBeforeReading);

        await Assert.ThrowsAsync<HttpRequestException>(() => InsertAsync());

        Assert.Equal(0, _server.Requests.Single().BodyLength);
        await AssertRowsAsync(0);
    }

    [Fact]
    public async Task CloseMidBody_ReadsSome_AndNothingIsInserted()
    {
        _server.Script.Then(ServerBehaviour.CloseMidBody(100_000));

        await Assert.ThrowsAsync<HttpRequestException>(() => InsertAsync(1_000_000));

        Assert.Equal(100_000, _server.Requests.Single().BodyLength);
        await AssertRowsAsync(0);
    }

    [Fact]
    public async Task LoseAnswer_GivesNoAnswer_ButTheRowsAreThere()
    {
        _server.Script.Then(ServerBehaviour.LoseAnswer);

        await Assert.ThrowsAsync<HttpRequestException>(() => InsertAsync());

        await AssertRowsAsync(3);
    }

    [Fact]
    public async Task CutAnswer_EndsWithinTheBody()
    {
        _server.Script.Then(ServerBehaviour.CutAnswer);

        using var request = new HttpRequestMessage(HttpMethod.Post, _server.Endpoint)
        {
            Content = new StringContent("SELECT number FROM numbers(10000)"),
        };
        using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancellation);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await Assert.ThrowsAsync<HttpRequestException>(() => answer.Content.ReadAsStringAsync(Cancellation));
    }

    [Fact]
    public async Task FailLate_InTheHeader_HasStatus200()
    {
        _server.Script.Then(ServerBehaviour.FailLate(LateError.Header, 241, "MEMORY_LIMIT_EXCEEDED", "Memory limit exceeded"));

        using var answer = await InsertAsync();

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("241", answer.Headers.GetValues("X-ClickHouse-Exception-Code").Single());
        Assert.Matches("^Code: 241. DB::Exception: Memory limit exceeded", await answer.Content.ReadAsStringAsync(Cancellation));
        await AssertRowsAsync(0);
    }

    [Fact]
    public async Task FailLate_AtTheTail_StandsBehindTheRows()
    {
        _server.Script.Then(ServerBehaviour.FailLate(LateError.Tail, 241, "MEMORY_LIMIT_EXCEEDED", "Memory limit exceeded", runs: true));

        using var answer = await _http.PostAsync(new Uri(_server.Endpoint, "/"), new StringContent("SELECT 1"), Cancellation);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.False(answer.Headers.Contains("X-ClickHouse-Exception-Code"));
        Assert.Matches(@"^1\nCode: 241\. DB::Exception: .*\)\n$", await answer.Content.ReadAsStringAsync(Cancellation));
    }

    [Fact]
    public async Task FailLate_InABlock_EndsTheConnectionBehindIt()
    {
        _server.Script.Then(ServerBehaviour.FailLate(LateError.Block, 241, "MEMORY_LIMIT_EXCEEDED", "Memory limit exceeded", runs: true));

        using var answer = await InsertAsync(completion: HttpCompletionOption.ResponseHeadersRead);
        var tag = answer.Headers.GetValues("X-ClickHouse-Exception-Tag").Single();
        using var body = new MemoryStream();
        await using var stream = await answer.Content.ReadAsStreamAsync(Cancellation);
        await Assert.ThrowsAnyAsync<IOException>(() => stream.CopyToAsync(body, Cancellation));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Matches("^[a-z]{16}$", tag);
        var text = Encoding.UTF8.GetString(body.ToArray());
        var match = Regex.Match(text, $"^\r\n__exception__\r\n{tag}\r\n(Code: 241[^\n]*\n)(\\d+) {tag}\r\n__exception__\r\n$");
        Assert.True(match.Success, text);
        Assert.Equal(match.Groups[1].Length, int.Parse(match.Groups[2].Value, provider: null));
        await AssertRowsAsync(3);
    }

    [Fact]
    public async Task Hold_WaitsForTheTest_ThenGoesOn()
    {
        var release = new TaskCompletionSource();
        _server.Script.ThenForInserts(ServerBehaviour.Hold(release.Task));

        var insert = InsertAsync();
        await _server.WaitForInsertsAsync(1, Cancellation);
        Assert.False(insert.IsCompleted);
        release.SetResult();

        using var answer = await Watchdog.WaitAsync(insert, "the answer", Cancellation);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await AssertRowsAsync(3);
    }

    [Fact]
    public async Task Script_ForInserts_LetsOthersPass()
    {
        _server.Script.ThenForInserts(ServerBehaviour.Status(503)).Otherwise(ServerBehaviour.Serve);

        using var select = await _http.GetAsync(new Uri(_server.Endpoint, "/?query=SELECT%201"), Cancellation);
        using var insert = await InsertAsync();

        Assert.Equal(HttpStatusCode.OK, select.StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, insert.StatusCode);
        Assert.Equal(0, _server.Script.Remaining);
    }

    [Fact]
    public async Task Stop_RefusesConnections_AndRestartKeepsPortAndData()
    {
        using (await InsertAsync())
        {
            var held = InsertHeldAsync();
            await _server.WaitForInsertsAsync(2, Cancellation);
            await _server.StopAsync();
            await Assert.ThrowsAsync<HttpRequestException>(() => held);
        }

        var refused = await Assert.ThrowsAsync<HttpRequestException>(() => InsertAsync());
        Assert.Equal(SocketError.ConnectionRefused, Assert.IsType<SocketException>(refused.InnerException).SocketErrorCode);

        await _server.RestartAsync(Cancellation);
        using var answer = await InsertAsync();

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await AssertRowsAsync(6);
    }

    private Task<HttpResponseMessage> InsertHeldAsync()
    {
        _server.Script.Then(ServerBehaviour.NeverAnswer);
        return InsertAsync();
    }

    private Task<HttpResponseMessage> InsertAsync(
        int rows = 3, HttpCompletionOption completion = HttpCompletionOption.ResponseContentRead)
    {
        var target = new Uri(_server.Endpoint, $"/?database={_database.Name}&query=INSERT%20INTO%20t%20(a)%20FORMAT%20RowBinary");
        var content = new ByteArrayContent(new byte[rows * sizeof(uint)]);
        return _http.SendAsync(new HttpRequestMessage(HttpMethod.Post, target) { Content = content }, completion, Cancellation);
    }

    private async Task AssertRowsAsync(int count) =>
        Assert.Equal(count, await _database.CountAsync("SELECT count() FROM t", Cancellation));
}
