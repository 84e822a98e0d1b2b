using Rotel.ClickHouse.TestKit.Server;
using Rotel.EndToEnd;
using Rotel.Exporters.ClickHouse;
using Rotel.TestKit;

namespace Rotel.ClickHouse.Delivery;

/// <summary>
/// What a ClickHouse can do to us, with our tables and default settings: every span that was acknowledged is in the table once, and in the
/// lookup table behind its view once.
/// </summary>
public sealed class DeliveryTests : IAsyncLifetime
{
    private ClickHouseServer _server = null!;
    private ClickHouseDatabase _database = null!;

    /// <summary>Each answer to an insert that leaves open, or denies, that the rows are written.</summary>
    public static TheoryData<string> Faults() =>
    [
        "503", "503, later", "429", "500", "closed before reading", "closed in the body", "answer lost", "answer cut", "no answer",
        "too many parts", "memory limit", "too many queries", "late: header", "late: tail", "late: block", "late, yet written",
    ];

    public async ValueTask InitializeAsync()
    {
        _server = await ClickHouseServer.StartAsync(TestContext.Current.CancellationToken);
        _database = await _server.CreateDatabaseAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _database.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Delivery_ThroughAFault_IsExactlyOnce(string fault)
    {
        await using var agent = await StartAsync();
        using var client = new OtlpClient(agent.Agent);
        await SendAsync(client, requests: 2);
        await agent.FlushAsync();

        // The first of these is the table's second insert; the last is served while earlier ones may still wait for their retry.
        _server.Script.ThenForInserts(BehaviourOf(fault), BehaviourOf(fault));
        await SendAsync(client, requests: 6);
        await _server.WaitUntilAsync(_ => _server.Script.Remaining == 0, "both faults had their request", TestContext.Current.CancellationToken);
        await SendAsync(client, requests: 2);
        await agent.FlushAsync();

        await AssertOnceAsync(client);
    }

    /// <summary>One after the other, a new one each time the last has come to its end, among other traffic.</summary>
    [Fact]
    public async Task Delivery_ThroughAllFaultsMixed_IsExactlyOnce()
    {
        await using var agent = await StartAsync();
        using var client = new OtlpClient(agent.Agent);
        var faults = Faults().Select(row => row.Data).ToArray();
        var random = new Random(FreshSeed.Value);
        random.Shuffle(faults);

        foreach (var fault in faults)
        {
            _server.Script.ThenForInserts(BehaviourOf(fault));
            await SendAsync(client, requests: 3);
        }

        await _server.WaitUntilAsync(_ => _server.Script.Remaining == 0, "every fault had its request", TestContext.Current.CancellationToken);
        await agent.FlushAsync();

        await AssertOnceAsync(client);
    }

    [Fact]
    public async Task Delivery_WhenTheServerIsAwayAtTheStart_WaitsForIt()
    {
        const string Name = "away-at-start";
        await _server.StopAsync();
        using var attempts = new AttemptWatch(Name);
        await using var agent = await StartAsync(name: Name);
        using var client = new OtlpClient(agent.Agent);

        await SendAsync(client, requests: 6);
        await attempts.UntilAsync(6);
        await _server.RestartAsync(TestContext.Current.CancellationToken);
        await agent.FlushAsync();

        await AssertOnceAsync(client);
    }

    [Fact]
    public async Task Delivery_WhenTheServerGoesAwayMidStream_IsExactlyOnce()
    {
        const string Name = "away-mid-stream";
        using var attempts = new AttemptWatch(Name);
        await using var agent = await StartAsync(name: Name);
        using var client = new OtlpClient(agent.Agent);

        // Nobody waits for the inserts of these: some are under way when the server goes.
        await SendAsync(client, requests: 10);
        await _server.WaitForInsertsAsync(1, TestContext.Current.CancellationToken);
        await _server.StopAsync();
        await SendAsync(client, requests: 5);
        await attempts.UntilAsync(attempts.Count + 6);
        await _server.RestartAsync(TestContext.Current.CancellationToken);
        await SendAsync(client, requests: 5);
        await agent.FlushAsync();

        await AssertOnceAsync(client);
    }

    [Fact]
    public async Task Delivery_WithOneOfTwoHostsDead_GoesToTheOther()
    {
        var dead = await ClickHouseServer.StartAsync(TestContext.Current.CancellationToken);
        await dead.StopAsync();
        await using var agent = await StartAsync(exporter => exporter.Endpoints.Insert(0, dead.Endpoint));
        using var client = new OtlpClient(agent.Agent);

        await SendAsync(client, requests: 5);
        await agent.FlushAsync();

        await AssertOnceAsync(client);
        await dead.DisposeAsync();
    }

    /// <summary>Two hosts of one installation share their data, and what one has written the other knows again.</summary>
    [Fact]
    public async Task Delivery_WhenTheHostInUseDies_MovesOn()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var other = await ClickHouseServer.StartAsync(cancellation);
        await using var agent = await StartAsync(exporter => exporter.Endpoints.Add(other.Endpoint));
        using var client = new OtlpClient(agent.Agent);
        await SendAsync(client, requests: 3);
        await agent.FlushAsync();
        Assert.DoesNotContain(other.Requests, request => request.IsInsert);

        _server.Script.ThenForInserts(ServerBehaviour.LoseAnswer);
        await SendAsync(client, requests: 3);
        await _server.WaitUntilAsync(_ => _server.Script.Remaining == 0, "the answer was lost", cancellation);
        await _server.StopAsync();
        await SendAsync(client, requests: 3);
        await agent.FlushAsync();

        Assert.Contains(other.Requests, request => request.IsInsert);
        await AssertOnceAsync(client);
    }

    private static ServerBehaviour BehaviourOf(string fault) => fault switch
    {
        "503" => ServerBehaviour.Status(503),
        "503, later" => ServerBehaviour.Status(503, "1"),
        "429" => ServerBehaviour.Status(429, "1"),
        "500" => ServerBehaviour.Status(500),
        "closed before reading" => ServerBehaviour.CloseBeforeReading,
        "closed in the body" => ServerBehaviour.CloseMidBody(1_000),
        "answer lost" => ServerBehaviour.LoseAnswer,
        "answer cut" => ServerBehaviour.CutAnswer,
        "no answer" => ServerBehaviour.NeverAnswer,
        "too many parts" => ServerBehaviour.Refuse(252, "TOO_MANY_PARTS", "Too many parts (3001 with average size of 1.00 KiB). Merges are processing significantly slower than inserts"),
        "memory limit" => ServerBehaviour.Refuse(241, "MEMORY_LIMIT_EXCEEDED", "(total) memory limit exceeded: would use 10.00 GiB"),
        "too many queries" => ServerBehaviour.Refuse(202, "TOO_MANY_SIMULTANEOUS_QUERIES", "Too many simultaneous queries. Maximum: 100"),
        "late: header" => ServerBehaviour.FailLate(LateError.Header, 242, "TABLE_IS_READ_ONLY", "Table is in readonly mode"),
        "late: tail" => ServerBehaviour.FailLate(LateError.Tail, 242, "TABLE_IS_READ_ONLY", "Table is in readonly mode"),
        "late: block" => ServerBehaviour.FailLate(LateError.Block, 242, "TABLE_IS_READ_ONLY", "Table is in readonly mode"),
        _ => ServerBehaviour.FailLate(LateError.Tail, 242, "TABLE_IS_READ_ONLY", "Table is in readonly mode", runs: true),
    };

    private Task<ClickHouseAgent> StartAsync(Action<ClickHouseExporterOptions>? configure = null, string name = "tables") =>
        ClickHouseAgent.StartAsync(
            _database,
            configure: exporter =>
            {
                exporter.RequestTimeout = TimeSpan.FromSeconds(2);
                configure?.Invoke(exporter);
            },
            name: name);

    private static async Task SendAsync(OtlpClient client, int requests)
    {
        for (var i = 0; i < requests; i++)
            Assert.True((await client.SendAsync(grpc: i % 2 == 0, TestContext.Current.CancellationToken)).IsSuccess);
    }

    private async Task AssertOnceAsync(OtlpClient client)
    {
        var stored = (await _database.QueryAsync("SELECT SpanId FROM otel_traces ORDER BY SpanId")).Split('\n');
        Assert.NotEmpty(client.Acknowledged);
        Assert.Equal(client.Acknowledged.Order(StringComparer.Ordinal), stored);

        // Each span of this load is a trace of its own.
        Assert.Equal(
            client.Acknowledged.Count,
            await _database.CountAsync("SELECT count() FROM otel_traces_trace_id_ts"));
    }
}
