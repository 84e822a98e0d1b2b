using Grpc.Core;
using Rotel.Otlp;
using Rotel.TestKit.Backends;

namespace Rotel.EndToEnd;

/// <summary>A heap with a hard limit that the memory budget knows nothing of, and a backend that takes nothing.</summary>
public sealed class MemoryGuardTests
{
    private const int SpansPerRequest = 2000;

    [Fact]
    [Trait("Category", "Long")]
    public async Task Load_AgainstADeadBackendInASmallHeap_IsRefusedAndWorksAgainAfterwards()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var backend = await OtlpBackend.StartAsync(cancellation);
        backend.Script.Otherwise(BackendBehaviour.Status(503));
        await using var rotel = await RotelProcess.StartAsync(new Dictionary<string, string>
        {
            ["DOTNET_GCHeapHardLimit"] = "0x4000000",
            ["ROTEL_MEMORY_LIMIT"] = "256MiB",
            ["ROTEL_EXPORTER"] = "otlp",
            ["ROTEL_OTLP_EXPORTER_ENDPOINT"] = backend.HttpEndpoint.ToString(),
            ["ROTEL_OTLP_EXPORTER_PROTOCOL"] = "http",
            ["ROTEL_OTLP_EXPORTER_COMPRESSION"] = "none",
            ["ROTEL_OTLP_EXPORTER_QUEUE_MAX_BYTES"] = "256MiB",
            ["ROTEL_EXPORTER_RETRY_INITIAL_BACKOFF"] = "100ms",
            ["ROTEL_EXPORTER_RETRY_MAX_BACKOFF"] = "200ms",
            ["ROTEL_OTLP_ADMISSION_TIMEOUT"] = "200ms",
        });
        using var client = new OtlpClient(rotel.Http, rotel.Grpc);

        // Until every sender was refused often; what dies does so meanwhile.
        await Task.WhenAll(Enumerable.Range(0, 4).Select(sender => FillAsync(rotel.Process, client, sender % 2 == 0, cancellation)));
        await rotel.Process.LineWithAsync("memory is nearly used up");
        Assert.DoesNotContain(rotel.Process.Lines, line => line.Contains("OutOfMemory", StringComparison.Ordinal));

        backend.Script.Otherwise(BackendBehaviour.Accept);
        await backend.WaitForItemsAsync(OtlpSignal.Traces, client.Acknowledged.Count, cancellation);
        await rotel.Process.LineWithAsync("The process has memory again");
        for (var i = 0; i < 20; i++)
        {
            var answer = await client.SendAsync(grpc: i % 2 == 0, cancellation, SpansPerRequest);
            Assert.True(answer.IsSuccess, $"answer {i} is {answer.Code}");
        }

        rotel.Process.Terminate();
        Assert.Equal(0, await rotel.Process.ExitAsync());
        Assert.Empty(client.Acknowledged.Except(backend.Items(OtlpSignal.Traces).Keys));
        var totals = rotel.FinalTotals();
        Assert.Equal((totals.Accepted, 0, 0), (totals.Delivered, totals.Dropped, totals.Held));
    }

    private static async Task FillAsync(ChildProcess process, OtlpClient client, bool grpc, CancellationToken cancellation)
    {
        for (var refusals = 0; refusals < 10;)
        {
            var answer = await client.SendAsync(grpc, cancellation, SpansPerRequest);
            if (!answer.IsSuccess)
                refusals++;
            Assert.True(
                answer.IsSuccess || answer.Code is 503 or (int)StatusCode.Unavailable,
                $"refused with {answer.Code}:\n{string.Join('\n', process.Lines)}");
        }
    }
}
