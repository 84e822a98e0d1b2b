using Rotel.Otlp;
using Rotel.TestKit;
using Rotel.TestKit.Backends;

namespace Rotel.EndToEnd;

/// <summary>What users see in the meter adds up: accepted = delivered + dropped + queued at any moment of rest.</summary>
public sealed class LedgerTests
{
    [Fact]
    public async Task Meter_OverDeliveryLossAndWaiting_AddsUpAtEveryRest()
    {
        const string Name = "ledger";
        var cancellation = TestContext.Current.CancellationToken;
        await using var backend = await OtlpBackend.StartAsync(cancellation);
        await using var agent = await TestAgent.StartAsync(options => options.SendTo(backend, name: Name));
        using var client = new OtlpClient(agent);

        await SendAsync(requests: 10);
        await agent.FlushAsync(cancellation);
        AssertReading(accepted: 200, sent: 200, dropped: 0, queued: 0);

        backend.Script.Then(BackendBehaviour.Status(400));
        await SendAsync(requests: 1);
        await agent.FlushAsync(cancellation);
        AssertReading(accepted: 220, sent: 200, dropped: 20, queued: 0);

        backend.Script.Then(BackendBehaviour.PartialSuccess(5, "five are wrong"));
        await SendAsync(requests: 1);
        await agent.FlushAsync(cancellation);
        AssertReading(accepted: 240, sent: 215, dropped: 25, queued: 0);

        var release = new TaskCompletionSource();
        backend.Script.Otherwise(BackendBehaviour.Hold(release.Task));
        var before = backend.Requests.Count;
        await SendAsync(requests: 3);
        await backend.WaitForRequestsAsync(before + 1, cancellation);
        AssertReading(accepted: 300, sent: 215, dropped: 25, queued: 60);

        release.SetResult();
        await Watchdog.WaitAsync(agent.FlushAsync(cancellation), "everything settled", cancellation);
        AssertReading(accepted: 300, sent: 275, dropped: 25, queued: 0);
        Assert.Equal(275, backend.ItemCount(OtlpSignal.Traces));

        async Task SendAsync(int requests)
        {
            for (var i = 0; i < requests; i++)
                Assert.True((await client.PostAsync(cancellation)).IsSuccess);
        }

        static void AssertReading(long accepted, long sent, long dropped, long queued)
        {
            var reading = LedgerReading.Of(Name);
            Assert.Equal((accepted, sent, dropped, queued), (reading.Accepted, reading.Sent, reading.Dropped, reading.Queued));
        }
    }
}
