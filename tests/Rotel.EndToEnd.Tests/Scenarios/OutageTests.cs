using Grpc.Core;
using Rotel.Exporters.Otlp;
using Rotel.Otlp;
using Rotel.TestKit;
using Rotel.TestKit.Backends;

namespace Rotel.EndToEnd;

/// <summary>What a backend can do to us: nothing that was acknowledged is lost, and nothing is delivered twice that was answered.</summary>
public sealed class OutageTests
{
    private const long MemoryLimit = 16L << 20;

    public static MatrixTheoryData<OtlpProtocol, OtlpCompression> Exporters() =>
        new([OtlpProtocol.Grpc, OtlpProtocol.Http], [OtlpCompression.Gzip, OtlpCompression.None]);

    [Theory]
    [MemberData(nameof(Exporters))]
    [Proves("server.acknowledged")]
    public async Task Delivery_ThroughRefusalsResetsHangsAndAnOutage_IsExactlyOnce(OtlpProtocol protocol, OtlpCompression compression)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var backend = await OtlpBackend.StartAsync(cancellation);
        var name = $"outage-{protocol}-{compression}".ToLowerInvariant();
        await using var agent = await StartAsync(backend, protocol, compression, name);
        using var client = new OtlpClient(agent);
        using var attempts = new AttemptWatch(name);
        var worst = 0L;

        backend.Script.Then(
            BackendBehaviour.Status(503, "1"),
            BackendBehaviour.Reset,
            BackendBehaviour.NeverAnswer,
            BackendBehaviour.Refuse(StatusCode.Unavailable, TimeSpan.FromSeconds(1)),
            BackendBehaviour.ResetMidResponse,
            BackendBehaviour.Status(429, "1"),
            BackendBehaviour.Status(502));
        await SendAsync(client, requests: 20);
        await backend.WaitUntilAsync(b => b.Script.Remaining == 0, "every behaviour had its request", cancellation);
        worst = Math.Max(worst, agent.Collector!.Budget.Reserved);

        // What is under way when the backend goes must not have been kept, or its retry would rightly arrive twice.
        backend.Script.Otherwise(BackendBehaviour.Status(503));
        var before = backend.Requests.Count;
        await SendAsync(client, requests: 5);
        await backend.WaitForRequestsAsync(before + 2, cancellation);
        await backend.StopAsync();
        await SendAsync(client, requests: 20);

        // More attempts than may be under way at once: every batch has met a closed port, and backed off more than once.
        await attempts.UntilAsync(attempts.Count + 40);
        worst = Math.Max(worst, agent.Collector.Budget.Reserved);
        backend.Script.Otherwise(BackendBehaviour.Accept);
        await backend.RestartAsync(cancellation);

        await SendAsync(client, requests: 5);
        await Watchdog.WaitAsync(agent.FlushAsync(cancellation), "everything settled", cancellation);

        var items = backend.Items(OtlpSignal.Traces);
        Assert.Equal(1000, client.Acknowledged.Count);
        Assert.Equal(client.Acknowledged.Order(), items.Keys.Order());
        Assert.All(items, item => Assert.Equal(1, item.Value));
        Assert.InRange(worst, 1, MemoryLimit);
        Assert.Equal(0, agent.Collector.Budget.Reserved);
    }

    [Theory]
    [MemberData(nameof(Exporters))]
    [Proves("server.duplicates")]
    public async Task Delivery_WhenAnAnswerIsLost_RepeatsOnlyThatBatch(OtlpProtocol protocol, OtlpCompression compression)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var backend = await OtlpBackend.StartAsync(cancellation);
        await using var agent = await StartAsync(backend, protocol, compression);
        using var client = new OtlpClient(agent);

        backend.Script.Then(BackendBehaviour.KeepThenReset);
        await SendAsync(client, requests: 1);
        await backend.WaitForItemsAsync(OtlpSignal.Traces, 40, cancellation);
        await SendAsync(client, requests: 10);
        await Watchdog.WaitAsync(agent.FlushAsync(cancellation), "everything settled", cancellation);

        var items = backend.Items(OtlpSignal.Traces);
        Assert.Equal(client.Acknowledged.Order(), items.Keys.Order());
        Assert.Equal(20, items.Count(item => item.Value == 2));
        Assert.Equal(200, items.Count(item => item.Value == 1));
    }

    private static Task<RotelAgent> StartAsync(OtlpBackend backend, OtlpProtocol protocol, OtlpCompression compression, string name = "backend") =>
        TestAgent.StartAsync(options =>
        {
            options.MemoryLimit = MemoryLimit;
            options.SendTo(backend, protocol, name, exporter =>
            {
                exporter.Compression = compression;
                exporter.RequestTimeout = TimeSpan.FromSeconds(1);
            });
        });

    private static async Task SendAsync(OtlpClient client, int requests)
    {
        for (var i = 0; i < requests; i++)
            Assert.True((await client.SendAsync(grpc: i % 2 == 0, TestContext.Current.CancellationToken)).IsSuccess);
    }
}
