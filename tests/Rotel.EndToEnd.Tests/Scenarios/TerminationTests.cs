using Grpc.Core;
using Rotel.Otlp;
using Rotel.TestKit;
using Rotel.TestKit.Backends;

namespace Rotel.EndToEnd;

/// <summary>SIGTERM under load: what was acknowledged is delivered within the deadline, or counted and logged.</summary>
public sealed class TerminationTests
{
    [Fact]
    [Proves("server.acknowledged")]
    public async Task Sigterm_UnderLoadWithASlowBackend_DeliversEverythingAcknowledged()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var backend = await OtlpBackend.StartAsync(cancellation);
        var release = new TaskCompletionSource();
        backend.Script.Otherwise(BackendBehaviour.Hold(release.Task));
        await using var rotel = await StartAsync(backend, drainTimeout: "20s");
        using var client = new OtlpClient(rotel.Http, rotel.Grpc);

        var load = KeepSendingAsync(client);
        await backend.WaitForRequestsAsync(5, cancellation);
        rotel.Process.Terminate();
        await load;
        release.SetResult();

        Assert.Equal(0, await rotel.Process.ExitAsync());
        var totals = rotel.FinalTotals();
        Assert.NotEmpty(client.Acknowledged);
        Assert.Empty(client.Acknowledged.Except(backend.Items(OtlpSignal.Traces).Keys));
        Assert.Equal((backend.ItemCount(OtlpSignal.Traces), 0, 0), (totals.Delivered, totals.Dropped, totals.Held));
        Assert.Equal(totals.Accepted, totals.Delivered);
    }

    [Fact]
    [Proves("client.undelivered")]
    public async Task Sigterm_WithABackendThatNeverAnswers_CountsAndLogsWhatIsLost()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var backend = await OtlpBackend.StartAsync(cancellation);
        backend.Script.Then(BackendBehaviour.Accept, BackendBehaviour.Accept);
        backend.Script.Otherwise(BackendBehaviour.NeverAnswer);
        await using var rotel = await StartAsync(backend, drainTimeout: "500ms");
        using var client = new OtlpClient(rotel.Http, rotel.Grpc);

        var load = KeepSendingAsync(client);
        await backend.WaitForRequestsAsync(6, cancellation);
        rotel.Process.Terminate();
        await load;

        Assert.Equal(0, await rotel.Process.ExitAsync());
        var totals = rotel.FinalTotals();
        Assert.Equal(backend.ItemCount(OtlpSignal.Traces), totals.Delivered);
        Assert.True(totals.Dropped > 0);
        Assert.Equal(0, totals.Held);
        Assert.Equal(totals.Accepted, totals.Delivered + totals.Dropped);
        Assert.True(totals.Accepted >= client.Acknowledged.Count);
        Assert.Contains(rotel.Process.Lines, line => line.Contains("shutdown", StringComparison.Ordinal)
            && line.Contains("Dropped", StringComparison.Ordinal));
    }

    private static Task<RotelProcess> StartAsync(OtlpBackend backend, string drainTimeout) => RotelProcess.StartAsync(new Dictionary<string, string>
    {
        ["ROTEL_EXPORTER"] = "otlp",
        ["ROTEL_OTLP_EXPORTER_ENDPOINT"] = backend.HttpEndpoint.ToString(),
        ["ROTEL_OTLP_EXPORTER_PROTOCOL"] = "http",
        ["ROTEL_BATCH_TIMEOUT"] = "20ms",
        ["ROTEL_BATCH_MAX_SIZE"] = "100",
        ["ROTEL_DRAIN_TIMEOUT"] = drainTimeout,
    });

    /// <summary>Sends over both protocols until nobody listens any more.</summary>
    private static Task KeepSendingAsync(OtlpClient client) => Task.WhenAll(Enumerable.Range(0, 4).Select(async sender =>
    {
        try
        {
            while ((await client.SendAsync(grpc: sender % 2 == 0, TestContext.Current.CancellationToken)).Code is 0 or 200 or 503)
            {
            }
        }
        catch (Exception exception) when (exception is HttpRequestException or RpcException or IOException)
        {
            // It has stopped listening.
        }
    }));
}
