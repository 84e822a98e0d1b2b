using System.Net;
using System.Net.Sockets;
using Rotel.Exporters.ClickHouse;
using Rotel.Pipelines;
using Rotel.TestKit;

namespace Rotel.Exporters.Tests.ClickHouse;

/// <summary>What is sent again, as what, and where to.</summary>
public sealed class ClickHouseRetryTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Export_TooManyPartitions_CutsByDaysAtOnce()
    {
        await using var server = await ScriptedClickHouse.StartAsync();
        server.WithTables("otel_logs");
        server.Script = request => request.IsInsert && request.Text.Count(c => c == '+') > 2
            ? ClickHouseReply.Error(500, 252, "Too many partitions for single INSERT block (more than 2). (TOO_MANY_PARTS)")
            : null;
        await using var bench = new ClickHouseBench(server.Endpoint);
        var batch = bench.Batch(
            bench.Block("a+", day: 3), bench.Block("b+", day: 1), bench.Block("c+", day: 2), bench.Block("d+", day: 2), bench.Block("e+", day: 4));

        var outcome = await bench.ExportAsync(batch);

        Assert.Equal(ExportOutcomeKind.Delivered, outcome.Kind);
        Assert.Equal(5, batch.DeliveredItems);
        var taken = server.Inserts.Where(insert => insert.Text.Count(c => c == '+') <= 2).ToArray();
        Assert.Equal("abcde", string.Concat(taken.SelectMany(insert => insert.Text).Where(char.IsAsciiLetter).Order()));
        Assert.Equal(taken.Length, taken.Select(insert => insert.Token).Distinct().Count());
    }

    [Theory]
    [InlineData(241)]
    [InlineData(0)]
    public async Task Export_TooLarge_CutsByBlocks(int code)
    {
        await using var server = await ScriptedClickHouse.StartAsync();
        server.WithTables("otel_logs");
        var refusal = code == 0 ? new ClickHouseReply(413, null, "") : ClickHouseReply.Error(500, code, "(MEMORY_LIMIT_EXCEEDED)");
        server.Script = request => request.IsInsert && request.Text.Length > 8 ? refusal : null;
        await using var bench = new ClickHouseBench(server.Endpoint);

        var outcome = await bench.ExportAsync(bench.Block("abc"), bench.Block("def"), bench.Block("ghi"));

        Assert.Equal(ExportOutcomeKind.Delivered, outcome.Kind);
        Assert.Equal(
            ["\u0002\u0001abc", "\u0002\u0001def", "\u0002\u0001ghi"],
            server.Inserts.Select(insert => insert.Text).Where(text => text.Length <= 8));
    }

    [Fact]
    public async Task Export_OneBlockOverTheMemoryLimit_IsTriedAgain()
    {
        await using var server = await ScriptedClickHouse.StartAsync();
        server.WithTables("otel_logs");
        server.Script = request => request.IsInsert ? ClickHouseReply.Error(500, 241, "(MEMORY_LIMIT_EXCEEDED)") : null;
        await using var bench = new ClickHouseBench(server.Endpoint);

        Assert.Equal(ExportOutcomeKind.Retry, (await bench.ExportAsync(bench.Block("abc"))).Kind);
        Assert.Single(server.Inserts);
    }

    [Fact]
    public async Task Export_TooManyParts_WaitsLonger()
    {
        await using var server = await ScriptedClickHouse.StartAsync();
        server.WithTables("otel_logs");
        server.Script = request => request.IsInsert ? ClickHouseReply.Error(500, 252, "Too many parts (3000). (TOO_MANY_PARTS)") : null;
        await using var bench = new ClickHouseBench(server.Endpoint);

        var outcome = await bench.ExportAsync(bench.Block("abc"));

        Assert.Equal((ExportOutcomeKind.Retry, TimeSpan.FromSeconds(15)), (outcome.Kind, outcome.RetryAfter));
    }

    [Fact]
    public async Task Export_AnswerLost_IsSentAgainAsItWasAndNeverCut()
    {
        await using var server = await ScriptedClickHouse.StartAsync();
        server.WithTables("otel_logs");
        ClickHouseReply[] replies =
        [
            ClickHouseReply.Cut,
            ClickHouseReply.Error(500, 241, "(MEMORY_LIMIT_EXCEEDED)"),
            ClickHouseReply.Error(500, 252, "Too many partitions for single INSERT block (more than 1)."),
            new(413, null, ""),
            ClickHouseReply.Ok,
        ];
        server.Script = request => request.IsInsert ? replies[server.Inserts.Count - 1] : null;
        await using var bench = new ClickHouseBench(server.Endpoint);
        var batch = bench.Batch(bench.Block("abc", day: 1), bench.Block("def", day: 2));

        for (var i = 0; i < replies.Length - 1; i++)
            Assert.Equal(ExportOutcomeKind.Retry, (await bench.ExportAsync(batch)).Kind);
        Assert.Equal(ExportOutcomeKind.Delivered, (await bench.ExportAsync(batch)).Kind);

        Assert.Equal(replies.Length, server.Inserts.Count);
        Assert.Single(server.Inserts.Select(insert => insert.Token).Distinct());
        Assert.Single(server.Inserts.Select(insert => insert.Text).Distinct());
    }

    [Theory]
    [InlineData(159, true)]
    [InlineData(319, true)]
    [InlineData(999, true)]
    [InlineData(202, false)]
    [InlineData(60, false)]
    public async Task Export_ErrorAfterWhichRowsMayBeThere_LeavesThePieceWhole(int code, bool isUnknown)
    {
        await using var server = await ScriptedClickHouse.StartAsync();
        server.WithTables("otel_logs");
        server.Script = request => request.IsInsert ? ClickHouseReply.Error(500, code, "no") : null;
        await using var bench = new ClickHouseBench(server.Endpoint);
        var batch = bench.Batch(bench.Block("abc"));

        await bench.ExportAsync(batch);

        Assert.Equal(isUnknown, batch.Inserts[0].Pieces[0].OutcomeIsUnknown);
    }

    [Fact]
    public async Task Export_CutOffWhileWaiting_LeavesThePieceUnknown()
    {
        await using var server = await ScriptedClickHouse.StartAsync();
        server.WithTables("otel_logs");
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        server.Script = request =>
        {
            if (!request.IsInsert)
                return null;
            arrived.SetResult();
            return ClickHouseReply.Never;
        };
        await using var bench = new ClickHouseBench(server.Endpoint);
        var batch = bench.Batch(bench.Block("abc"));
        using var attempt = new CancellationTokenSource();

        var export = bench.ExportAsync(batch, attempt.Token).AsTask();
        await Watchdog.WaitAsync(arrived.Task, "the insert", Cancellation);
        await attempt.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => export);
        Assert.True(batch.Inserts[0].Pieces[0].OutcomeIsUnknown);
    }

    [Fact]
    public async Task Hosts_FirstRefusesConnections_NextIsUsedWithinTheAttemptAndFromThenOn()
    {
        using var away = new AbsentHost();
        await using var server = await ScriptedClickHouse.StartAsync();
        server.WithTables("otel_logs");
        await using var bench = new ClickHouseBench(away.Endpoint, server.Endpoint);

        Assert.Equal(ExportOutcomeKind.Delivered, (await bench.ExportAsync(bench.Block("abc"))).Kind);
        Assert.Equal(ExportOutcomeKind.Delivered, (await bench.ExportAsync(bench.Block("def"))).Kind);
        Assert.Equal(2, server.Inserts.Count);
    }

    [Fact]
    public async Task Hosts_FirstAnswers503_NextIsUsed()
    {
        await using var busy = await ScriptedClickHouse.StartAsync();
        busy.Script = _ => new(503, null, "no healthy upstream") { RetryAfter = "7" };
        await using var server = await ScriptedClickHouse.StartAsync();
        server.WithTables("otel_logs");
        await using var bench = new ClickHouseBench(busy.Endpoint, server.Endpoint);
        Assert.Equal(ExportOutcomeKind.Delivered, (await bench.ExportAsync(bench.Block("abc"))).Kind);
        server.Script = busy.Script;

        var outcome = await bench.ExportAsync(bench.Block("def"));

        Assert.Equal((ExportOutcomeKind.Retry, TimeSpan.FromSeconds(7)), (outcome.Kind, outcome.RetryAfter));
        Assert.Contains("HTTP 503", outcome.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hosts_FirstDoesNotAnswer_WhatComesNextGoesToAnother()
    {
        await using var mute = await ScriptedClickHouse.StartAsync();
        mute.WithTables("otel_logs");
        mute.Script = request => request.IsInsert ? ClickHouseReply.Cut : null;
        await using var server = await ScriptedClickHouse.StartAsync();
        server.WithTables("otel_logs");
        await using var bench = new ClickHouseBench(mute.Endpoint, server.Endpoint);
        var first = bench.Batch(bench.Block("abc"));

        Assert.Equal(ExportOutcomeKind.Retry, (await bench.ExportAsync(first)).Kind);
        Assert.Equal(ExportOutcomeKind.Delivered, (await bench.ExportAsync(bench.Block("def"))).Kind);
        Assert.Equal(ExportOutcomeKind.Retry, (await bench.ExportAsync(first)).Kind);

        Assert.Equal(2, mute.Inserts.Count);
        Assert.EndsWith("def", Assert.Single(server.Inserts).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hosts_AllAway_IsTriedAgainAndNamesAHost()
    {
        using var first = new AbsentHost();
        using var second = new AbsentHost();
        await using var bench = new ClickHouseBench(first.Endpoint, second.Endpoint);

        var outcome = await bench.ExportAsync(bench.Block("abc"));

        Assert.Equal(ExportOutcomeKind.Retry, outcome.Kind);
        Assert.Contains("http://127.0.0.1:", outcome.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hosts_PieceThatOneMayHave_MovesOnlyWhenThatIsGoneForLong()
    {
        await using var other = await ScriptedClickHouse.StartAsync();
        other.WithTables("otel_logs");
        var first = await ScriptedClickHouse.StartAsync();
        first.WithTables("otel_logs");
        first.Script = request => request.IsInsert ? ClickHouseReply.Cut : null;
        await using var bench = new ClickHouseBench(first.Endpoint, other.Endpoint);
        var batch = bench.Batch(bench.Block("abc"));
        Assert.Equal(ExportOutcomeKind.Retry, (await bench.ExportAsync(batch)).Kind);
        var port = first.Endpoint.Port;
        await first.DisposeAsync();
        using var away = new AbsentHost(port);

        for (var i = 0; i < TableWriter.RefusalsBeforeLeaving; i++)
        {
            Assert.Empty(other.Inserts);
            Assert.Equal(ExportOutcomeKind.Retry, (await bench.ExportAsync(batch)).Kind);
        }

        Assert.Equal(ExportOutcomeKind.Delivered, (await bench.ExportAsync(batch)).Kind);
        Assert.Equal(first.Inserts[0].Token, Assert.Single(other.Inserts).Token);
    }

    [Theory]
    [InlineData(115, "Unknown setting 'async_insert_deduplicate'. (UNKNOWN_SETTING)", "async_insert_deduplicate")]
    [InlineData(
        344,
        "Deduplication in dependent materialized view cannot work together with async inserts. Please disable either "
            + "`deduplicate_blocks_in_dependent_materialized_views` or `async_insert` setting. (SUPPORT_IS_DISABLED)",
        "deduplicate_blocks_in_dependent_materialized_views")]
    [InlineData(164, "Cannot modify 'wait_for_async_insert' setting in readonly mode. (READONLY)", "wait_for_async_insert")]
    public async Task Export_SettingRefused_IsLeftOutAtOnceAndSaidOnce(int code, string text, string setting)
    {
        await using var server = await ScriptedClickHouse.StartAsync();
        server.WithTables("otel_logs");
        server.Script = request => request.IsInsert && request.Parameters.ContainsKey(setting) ? ClickHouseReply.Error(404, code, text) : null;
        await using var bench = new ClickHouseBench(server.Endpoint);

        Assert.Equal(ExportOutcomeKind.Delivered, (await bench.ExportAsync(bench.Block("abc"))).Kind);
        Assert.Equal(ExportOutcomeKind.Delivered, (await bench.ExportAsync(bench.Block("def"))).Kind);

        Assert.Equal(3, server.Inserts.Count);
        Assert.Contains($"no longer sends the setting {setting},", Assert.Single(bench.Log, line => line.Contains("4010", StringComparison.Ordinal)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Export_SettingRefusedThatIsNotOurs_IsTriedAgain()
    {
        await using var server = await ScriptedClickHouse.StartAsync();
        server.WithTables("otel_logs");
        server.Script = request => request.IsInsert ? ClickHouseReply.Error(404, 115, "Unknown setting 'x_async_insert'.") : null;
        await using var bench = new ClickHouseBench(server.Endpoint);

        Assert.Equal(ExportOutcomeKind.Retry, (await bench.ExportAsync(bench.Block("abc"))).Kind);
        Assert.Single(server.Inserts);
    }

    [Theory]
    [InlineData("<html><title>Sign in to the network</title></html>")]
    [InlineData("Ok.\n")]
    public async Task Export_AnsweredWithAPage_IsNotDeliveredAndSentAgainAsItWas(string page)
    {
        await using var server = await ScriptedClickHouse.StartAsync();
        server.WithTables("otel_logs");
        server.Script = request => request.IsInsert ? new(200, null, page) : null;
        await using var bench = new ClickHouseBench(server.Endpoint);
        var batch = bench.Batch(bench.Block("abc", day: 1), bench.Block("def", day: 2));

        var outcome = await bench.ExportAsync(batch);

        Assert.Equal((ExportOutcomeKind.Retry, 0L), (outcome.Kind, batch.DeliveredItems));
        Assert.Contains("is it ClickHouse's HTTP interface?", outcome.Message, StringComparison.Ordinal);
        Assert.True(batch.Inserts[0].Pieces[0].OutcomeIsUnknown);
        server.Script = _ => null;
        Assert.Equal(ExportOutcomeKind.Delivered, (await bench.ExportAsync(batch)).Kind);
        Assert.Equal(server.Inserts[0].Token, server.Inserts[1].Token);
    }

    /// <summary>The table has the rows by then, and only the view lacks them: parts of the insert would be strangers to it.</summary>
    [Theory]
    [InlineData(241, "Memory limit (for query) exceeded")]
    [InlineData(252, "Too many partitions for single INSERT block (more than 100)")]
    public async Task Export_ViewFails_IsSentAgainAsItWasAndNeverCut(int code, string text)
    {
        await using var server = await ScriptedClickHouse.StartAsync();
        server.WithTables("otel_traces");
        var fails = true;
        var longText = new string('x', 600);
        server.Script = request => request.IsInsert && fails
            ? ClickHouseReply.Error(500, code, $"{text}: {longText}: while pushing to view otel.otel_traces_trace_id_ts_mv (0f0f).")
            : null;
        await using var bench = new ClickHouseBench(server.Endpoint);
        var batch = bench.Batch(
            bench.Block("abc", day: 1, table: ClickHouseTable.Traces), bench.Block("def", day: 2, table: ClickHouseTable.Traces));

        Assert.Equal(ExportOutcomeKind.Retry, (await bench.ExportAsync(batch)).Kind);
        fails = false;
        Assert.Equal(ExportOutcomeKind.Delivered, (await bench.ExportAsync(batch)).Kind);

        Assert.Equal(2, server.Inserts.Count);
        Assert.Equal(server.Inserts[0].Token, server.Inserts[1].Token);
    }

    [Fact]
    public async Task Export_OneBlockOverTheMemoryLimit_KeepsNoOthersBack()
    {
        await using var server = await ScriptedClickHouse.StartAsync();
        server.WithTables("otel_logs");
        server.Script = request => request.IsInsert && request.Text.Contains('a', StringComparison.Ordinal)
            ? ClickHouseReply.Error(500, 241, "(MEMORY_LIMIT_EXCEEDED)")
            : null;
        await using var bench = new ClickHouseBench(server.Endpoint);
        var batch = bench.Batch(bench.Block("abc"), bench.Block("def"), bench.Block("ghi"), bench.Block("jkl"));

        Assert.Equal(ExportOutcomeKind.Retry, (await bench.ExportAsync(batch)).Kind);
        Assert.Equal(3, batch.DeliveredItems);
    }

    /// <summary>Envoy says so where the server it had handed the request to ended the connection.</summary>
    [Theory]
    [InlineData("upstream connect error or disconnect/reset before headers. reset reason: connection termination", true)]
    [InlineData("upstream connect error or disconnect/reset before headers. reset reason: remote connection failure", false)]
    [InlineData("no healthy upstream", false)]
    public async Task Hosts_ProxyThatLostItsServer_MayHaveTheRows(string text, bool mayHave)
    {
        await using var proxy = await ScriptedClickHouse.StartAsync();
        proxy.WithTables("otel_logs");
        proxy.Script = request => request.IsInsert ? new(503, null, text) : null;
        await using var server = await ScriptedClickHouse.StartAsync();
        server.WithTables("otel_logs");
        await using var bench = new ClickHouseBench(proxy.Endpoint, server.Endpoint);

        var outcome = await bench.ExportAsync(bench.Block("abc"));

        Assert.Equal(mayHave ? ExportOutcomeKind.Retry : ExportOutcomeKind.Delivered, outcome.Kind);
        Assert.Equal(mayHave ? 0 : 1, server.Inserts.Count);
    }

    [Fact]
    public async Task Hosts_FirstIsAReadOnlyReplica_NextTryGoesToAnother()
    {
        await using var replica = await ScriptedClickHouse.StartAsync();
        replica.WithTables("otel_logs");
        replica.Script = request =>
            request.IsInsert ? ClickHouseReply.Error(500, 242, "Table is in readonly mode. (TABLE_IS_READ_ONLY)") : null;
        await using var server = await ScriptedClickHouse.StartAsync();
        server.WithTables("otel_logs");
        await using var bench = new ClickHouseBench(replica.Endpoint, server.Endpoint);
        var batch = bench.Batch(bench.Block("abc"));

        Assert.Equal(ExportOutcomeKind.Retry, (await bench.ExportAsync(batch)).Kind);
        Assert.Equal(ExportOutcomeKind.Delivered, (await bench.ExportAsync(batch)).Kind);
        Assert.Single(server.Inserts);
    }

    /// <summary>A port that is nobody's: bound, but not listening.</summary>
    private sealed class AbsentHost : IDisposable
    {
        private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

        public AbsentHost(int port = 0)
        {
            _socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
            _socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
        }

        public Uri Endpoint => new($"http://127.0.0.1:{((IPEndPoint)_socket.LocalEndPoint!).Port}");

        public void Dispose() => _socket.Dispose();
    }
}
