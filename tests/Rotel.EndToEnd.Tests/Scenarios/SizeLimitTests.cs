using Rotel.Exporters.Otlp;
using Rotel.Otlp;
using Rotel.TestKit;
using Rotel.TestKit.Backends;

namespace Rotel.EndToEnd;

/// <summary>Backends that take only so much at once: Rotel cuts what they refuse until it fits.</summary>
public sealed class SizeLimitTests
{
    private const int MessageLimit = 4 * 1024 * 1024;

    [Theory]
    [InlineData(OtlpProtocol.Grpc, SizeLimitWording.GrpcGo)]
    [InlineData(OtlpProtocol.Grpc, SizeLimitWording.Tonic)]
    [InlineData(OtlpProtocol.Http, SizeLimitWording.GrpcGo)]
    [Proves("client.split")]
    public async Task Batches_OverTheBackendsLimit_AreSplitAndArriveWhole(OtlpProtocol protocol, SizeLimitWording wording)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var backend = await OtlpBackend.StartAsync(cancellation);
        backend.MaxMessageBytes = MessageLimit;
        backend.TooLarge = wording;
        await using var agent = await TestAgent.StartAsync(options =>
        {
            options.Batch.MaxBytes = 3 * MessageLimit;
            options.Batch.MaxItems = 1_000_000;

            // Longer than the test takes: the batch closes when it is full or flushed.
            options.Batch.Timeout = TimeSpan.FromMinutes(5);
            options.SendTo(backend, protocol);
        });
        using var client = new OtlpClient(agent);

        for (var i = 0; i < 20; i++)
            Assert.True((await client.SendAsync(grpc: i % 2 == 0, cancellation, spans: 1000)).IsSuccess);
        await Watchdog.WaitAsync(agent.FlushAsync(cancellation), "everything settled", cancellation);

        var items = backend.Items(OtlpSignal.Traces);
        Assert.Equal(20_000, items.Count);
        Assert.Equal(client.Acknowledged.Order(), items.Keys.Order());
        Assert.All(items, item => Assert.Equal(1, item.Value));
        Assert.Contains(backend.Requests, request => request.MessageBytes > MessageLimit);
        Assert.All(agent.Collector!.Queues, queue => Assert.Equal(0, queue.Ledger.TotalDropped));
    }
}
