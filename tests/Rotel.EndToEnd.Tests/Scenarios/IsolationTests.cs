using System.Diagnostics;
using Rotel.Delivery;
using Rotel.Exporters.Otlp;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.TestKit;
using Rotel.TestKit.Backends;

namespace Rotel.EndToEnd;

/// <summary>A dead destination harms only itself, and senders learn of it in time.</summary>
public sealed class IsolationTests
{
    private const long SmallQueue = 256 * 1024;

    /// <summary>Dead in each of the ways that hold on to memory differently: refusing to connect, hanging, refusing for now.</summary>
    [Theory]
    [InlineData("gone")]
    [InlineData("hanging")]
    [InlineData("unavailable")]
    [Proves("client.isolation")]
    public async Task TwoExporters_OneDead_HealthyOneReceivesEverythingMeanwhile(string death)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var healthy = await OtlpBackend.StartAsync(cancellation);
        await using var dead = await OtlpBackend.StartAsync(cancellation);
        await KillAsync(dead, death);
        await using var agent = await TestAgent.StartAsync(options =>
        {
            options.SendTo(healthy, name: "healthy");
            options.SendTo(dead, name: "dead", configure: exporter =>
            {
                // Uncompressed, the load is several times what the queue holds.
                exporter.Compression = OtlpCompression.None;
                exporter.QueueMaxBytes = SmallQueue;
            });
            options.Traces.ExportTo("healthy", "dead");
        });
        using var client = new OtlpClient(agent);

        // Each request arrives at the healthy backend before the next is sent: none waits for the dead one.
        for (var i = 1; i <= 60; i++)
        {
            Assert.True((await client.SendAsync(grpc: i % 2 == 0, cancellation, spans: 50)).IsSuccess);
            await healthy.WaitForItemsAsync(OtlpSignal.Traces, i * 50, cancellation);
        }

        Assert.Equal(client.Acknowledged.Order(), healthy.Items(OtlpSignal.Traces).Keys.Order());
        Assert.Equal(0, dead.ItemCount(OtlpSignal.Traces));
        var queue = Assert.Single(agent.Collector!.Queues, queue => queue.Exporter == "dead");
        Assert.True(queue.Ledger.Dropped(DropReason.QueueFull) > 0, "the load never filled the dead exporter's queue");

        await ReviveAsync(dead, cancellation);
        await Watchdog.WaitAsync(agent.FlushAsync(cancellation), "everything settled", cancellation);
        Assert.Equal(queue.Ledger.Accepted, queue.Ledger.Delivered + queue.Ledger.TotalDropped);
        Assert.Equal(3000, queue.Ledger.Accepted);
        Assert.Equal(queue.Ledger.Delivered, dead.Items(OtlpSignal.Traces).Count);
        Assert.True(queue.Ledger.Delivered > 0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task OneExporter_Dead_SendersWaitThenAreRefusedAndWhatWasAcknowledgedArrives(bool grpc)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var admission = TimeSpan.FromMilliseconds(400);
        await using var backend = await OtlpBackend.StartAsync(cancellation);
        await backend.StopAsync();
        await using var agent = await TestAgent.StartAsync(options =>
        {
            options.Otlp.AdmissionTimeout = admission;
            options.SendTo(backend, configure: exporter => exporter.QueueMaxBytes = SmallQueue);
        });
        Assert.All(agent.Collector!.Queues, queue => Assert.Equal(OverflowPolicy.Block, queue.Overflow));
        using var client = new OtlpClient(agent);

        ClientAnswer answer;
        TimeSpan waited;
        do
        {
            var sent = Stopwatch.GetTimestamp();
            answer = await client.SendAsync(grpc, cancellation, spans: 50);
            waited = Stopwatch.GetElapsedTime(sent);
        }
        while (answer.IsSuccess);

        Assert.Equal(grpc ? 14 : 503, answer.Code);
        Assert.NotNull(answer.RetryAfter);
        Assert.True(answer.RetryAfter > TimeSpan.Zero);
        // Half of it: a timer may fire some milliseconds early, and one that never waited answers in a few.
        Assert.True(waited >= admission / 2, $"refused after {waited}");
        Assert.NotEmpty(client.Acknowledged);

        // A sender that waits while the backend comes back is let in.
        var waiting = client.SendAsync(grpc, cancellation, spans: 50);
        await backend.RestartAsync(cancellation);
        var last = await waiting;
        while (!last.IsSuccess)
            last = await client.SendAsync(grpc, cancellation, spans: 50);
        await Watchdog.WaitAsync(agent.FlushAsync(cancellation), "everything settled", cancellation);

        var items = backend.Items(OtlpSignal.Traces);
        Assert.All(agent.Collector.Queues, queue => Assert.Empty(Losses(queue)));
        Assert.Equal(client.Acknowledged.Order(), items.Keys.Order());
        Assert.All(items, item => Assert.Equal(1, item.Value));
    }

    private static IEnumerable<string> Losses(ExporterQueue queue) =>
        from reason in Enum.GetValues<DropReason>()
        let lost = queue.Ledger.Dropped(reason)
        where lost > 0
        select $"{queue.Signal.Name()}: {lost} {reason.Name()}";

    private static async Task KillAsync(OtlpBackend backend, string death)
    {
        if (death == "gone")
            await backend.StopAsync();
        else
            backend.Script.Otherwise(death == "hanging" ? BackendBehaviour.NeverAnswer : BackendBehaviour.Status(503));
    }

    private static async Task ReviveAsync(OtlpBackend backend, CancellationToken cancellation)
    {
        // Requests that hang would keep hanging: the connection goes with the stop.
        await backend.StopAsync();
        backend.Script.Otherwise(BackendBehaviour.Accept);
        await backend.RestartAsync(cancellation);
    }
}
