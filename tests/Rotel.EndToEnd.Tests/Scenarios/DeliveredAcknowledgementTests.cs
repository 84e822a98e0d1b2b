using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.TestKit;
using Rotel.TestKit.Backends;

namespace Rotel.EndToEnd;

/// <summary>With acknowledgement <c>delivered</c>, success is the destinations' word.</summary>
public sealed class DeliveredAcknowledgementTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Success_IsAnsweredWhenTheDestinationHasTakenIt(bool grpc)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var backend = await OtlpBackend.StartAsync(cancellation);
        var release = new TaskCompletionSource();
        backend.Script.Then(BackendBehaviour.Status(503), BackendBehaviour.Hold(release.Task));
        await using var agent = await StartAsync(backend, TimeSpan.FromMinutes(1));
        using var client = new OtlpClient(agent);

        var answer = client.SendAsync(grpc, cancellation);
        await backend.WaitForRequestsAsync(2, cancellation);
        Assert.False(answer.IsCompleted);
        release.SetResult();

        Assert.True((await answer).IsSuccess);
        Assert.Equal(client.Acknowledged.Order(), backend.Items(OtlpSignal.Traces).Keys.Order());
    }

    [Theory]
    [InlineData(false, 503)]
    [InlineData(true, 14)]
    public async Task Destination_ThatDoesNotAnswerInTime_IsARetryableRefusal(bool grpc, int code)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var backend = await OtlpBackend.StartAsync(cancellation);
        backend.Script.Otherwise(BackendBehaviour.Status(503));
        await using var agent = await StartAsync(backend, TimeSpan.FromMilliseconds(300));
        using var client = new OtlpClient(agent);

        var answer = await client.SendAsync(grpc, cancellation);

        Assert.Equal(code, answer.Code);
        Assert.NotNull(answer.RetryAfter);
        backend.Script.Otherwise(BackendBehaviour.Accept);
        await Watchdog.WaitAsync(agent.FlushAsync(cancellation), "everything settled", cancellation);
    }

    [Theory]
    [InlineData(false, 400)]
    [InlineData(true, 3)]
    public async Task Destination_ThatRefusesForGood_IsARefusalForGood(bool grpc, int code)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var backend = await OtlpBackend.StartAsync(cancellation);
        backend.Script.Otherwise(BackendBehaviour.Status(400));
        await using var agent = await StartAsync(backend, TimeSpan.FromMinutes(1));
        using var client = new OtlpClient(agent);

        var answer = await client.SendAsync(grpc, cancellation);

        Assert.Equal(code, answer.Code);
        Assert.Null(answer.RetryAfter);
    }

    private static Task<RotelAgent> StartAsync(OtlpBackend backend, TimeSpan timeout) => TestAgent.StartAsync(options =>
    {
        options.Otlp.Acknowledgement = AcknowledgementMode.Delivered;
        options.Otlp.AcknowledgementTimeout = timeout;
        options.SendTo(backend);
    });
}
