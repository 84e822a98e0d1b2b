using Rotel.Hosting;
using Rotel.Operation;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.TestKit;
using Rotel.TestKit.Backends;
using Rotel.TestKit.Certificates;

namespace Rotel.Sharing;

/// <summary>Who listens, who hands over, and what happens when one of them ends; with processes in Rotel.EndToEnd.Tests.</summary>
public sealed class SharedAgentTests : IAsyncLifetime, IDisposable
{
    private readonly TestFiles _files = new();
    private OtlpBackend _backend = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string File => _files.PathOf("agent.pid");

    public async ValueTask InitializeAsync() => _backend = await OtlpBackend.StartAsync(Token);

    public ValueTask DisposeAsync() => _backend.DisposeAsync();

    public void Dispose() => _files.Dispose();

    [Fact]
    public async Task Start_Several_OneListensAndAllDeliverThroughIt()
    {
        await using var first = await StartAsync();
        await using var second = await StartAsync();
        await using var third = await StartAsync();

        first.End("of the first", 2);
        second.End("of the second", 3);
        third.End("of the third", 4);
        await first.FlushAsync();
        await second.FlushAsync();
        await third.FlushAsync();

        Assert.Equal(
            [SharedAgentRole.Holder, SharedAgentRole.Follower, SharedAgentRole.Follower],
            new[] { first, second, third }.Select(member => member.Role));
        Assert.Single(first.Agent.HttpEndpoints);
        Assert.Empty(second.Agent.HttpEndpoints);
        Assert.Equal(9, _backend.ItemCount(OtlpSignal.Traces));
        Assert.Equal((9, 0), (SentBy(first, "backend"), SentBy(second, "backend")));
        Assert.Equal((0, 3), (SentBy(first, "shared"), SentBy(second, "shared")));
    }

    [Fact]
    public async Task Status_OfFollower_TellsOfTheHolder()
    {
        await using var holder = await StartAsync();
        await using var follower = await StartAsync();

        var status = follower.Agent.GetStatus();

        var part = status.SharedAgent!;
        Assert.Equal((SharedAgentRole.Follower, File, Environment.ProcessId), (part.Role, part.File, part.HolderProcessId));
        Assert.Equal(RotelState.Running, status.State);
        Assert.Contains("\"role\": \"follower\"", status.ToJson(), StringComparison.Ordinal);
        Assert.Null((await PlainStatusAsync()).SharedAgent);
    }

    [Theory]
    [InlineData(AcknowledgementMode.Accepted)]
    [InlineData(AcknowledgementMode.Delivered)]
    public async Task Stop_OfTheHolder_AFollowerListensAndNothingIsLost(AcknowledgementMode mode)
    {
        var holder = await StartAsync(options => options.Otlp.Acknowledgement = mode);
        await using var follower = await StartAsync(options => options.Otlp.Acknowledgement = mode);
        follower.End("before", 5);
        await follower.FlushAsync();

        follower.End("meanwhile", 7);
        await holder.DisposeAsync();
        await follower.LoggedAsync(5100);
        follower.End("after", 11);
        await follower.FlushAsync();

        Assert.Equal(SharedAgentRole.Holder, follower.Role);
        Assert.Single(follower.Agent.HttpEndpoints);
        Assert.Equal(23, _backend.Items(OtlpSignal.Traces).Count);
        Assert.Contains(follower.Log.Lines, line => line.EventId == 5102);
        Assert.DoesNotContain(follower.Log.Lines, line => line.EventId == 5103);
    }

    [Fact]
    public async Task Stop_OfAFollower_HandsOverWhatItHasAndLeavesTheOthersAlone()
    {
        await using var holder = await StartAsync();
        await using var other = await StartAsync();
        var leaving = await StartAsync();
        leaving.End("its last", 6);

        await leaving.DisposeAsync();
        await holder.FlushAsync();

        Assert.Equal(6, _backend.Items(OtlpSignal.Traces).Count);
        Assert.Equal((SharedAgentRole.Holder, SharedAgentRole.Follower), (holder.Role, other.Role));
        other.End("goes on");
        await other.FlushAsync();
        Assert.Equal(7, _backend.Items(OtlpSignal.Traces).Count);
    }

    [Fact]
    public async Task Stop_OfAFollowerWhoseHolderTakesNothing_DeliversByItsOwnExporters()
    {
        // The holder's destination is dead and its queue small; the follower's own lives.
        await using var dead = await OtlpBackend.StartAsync(Token);
        dead.Script.Otherwise(BackendBehaviour.Status(503));
        await using var holder = await SharingMember.StartAsync(File, options =>
        {
            options.SendTo(dead, configure: exporter => exporter.QueueMaxBytes = 1);
            options.DrainTimeout = TimeSpan.FromMilliseconds(100);
        });
        holder.End("fills the queue");
        await dead.WaitForRequestsAsync(1, Token);
        var follower = await StartAsync(options => options.DrainTimeout = TimeSpan.FromSeconds(4));
        follower.End("its own", 3);

        await follower.DisposeAsync();

        Assert.Equal(3, _backend.Items(OtlpSignal.Traces).Count);
        Assert.Contains(follower.Log.Lines, line => line.EventId == 5104);
    }

    [Fact]
    public async Task Flush_OfAFollower_EndsWhenTheHolderHasDelivered()
    {
        await using var holder = await StartAsync(options => options.Batch.Timeout = TimeSpan.FromHours(1));
        await using var follower = await StartAsync();
        follower.End("in the holder's open batch", 4);

        await follower.FlushAsync();

        Assert.Equal(4, _backend.ItemCount(OtlpSignal.Traces));
    }

    /// <summary>What is tracked is settled at the follower once it is delivered, and nobody else would close the holder's batch.</summary>
    [Fact]
    public async Task Flush_OfAFollowerWhoWaitsForDeliveries_HastensTheHolder()
    {
        await using var holder = await StartAsync(options => options.Batch.Timeout = TimeSpan.FromHours(1));
        await using var follower = await StartAsync(options => options.RememberedTraces = 10);
        follower.End("in the holder's open batch", 4);

        await follower.FlushAsync();

        Assert.Equal(4, _backend.ItemCount(OtlpSignal.Traces));
    }

    [Fact]
    public async Task Stop_RightAfterATakeover_DeliversWhatIsInABatchOfItsOwn()
    {
        var locked = AgentFile.Open(File);
        var member = await StartAsync(options =>
        {
            options.RememberedTraces = 10;
            options.Batch.Timeout = TimeSpan.FromHours(1);
        });
        member.End("waits for a holder", 3);
        locked.Dispose();
        await member.LoggedAsync(5100);

        await member.DisposeAsync();

        Assert.Equal(3, _backend.ItemCount(OtlpSignal.Traces));
        Assert.DoesNotContain(member.Log.Lines, line => line.Message.Contains("dropped", StringComparison.Ordinal) && line.EventId == 1001);
    }

    [Fact]
    public async Task WaitForDelivery_InAFollower_EndsWithTheDestinationsAnswer()
    {
        await using var holder = await StartAsync();
        await using var follower = await StartAsync(options => options.RememberedTraces = 10);
        _backend.Script.Then(BackendBehaviour.Status(400));

        var refused = await WaitAsync(follower.End("refused"));
        var delivered = await WaitAsync(follower.End("taken"));

        Assert.Equal((TraceDeliveryStatus.Rejected, TraceDeliveryStatus.Delivered), (refused, delivered));

        async Task<TraceDeliveryStatus> WaitAsync(System.Diagnostics.ActivityTraceId trace) =>
            (await Watchdog.WaitAsync(follower.Agent.WaitForDeliveryAsync(trace, 1, Token), "the trace", Token)).Status;
    }

    [Fact]
    public async Task Start_APortIsTakenByAStranger_FailsAsWithoutSharingAndLeavesTheFileFree()
    {
        using var taken = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        taken.Start();

        await Assert.ThrowsAnyAsync<IOException>(() => StartAsync(options => options.Otlp.HttpEndpoint = taken.LocalEndpoint.ToString()!));

        await using var next = await StartAsync();
        Assert.Equal(SharedAgentRole.Holder, next.Role);
    }

    [Fact]
    public async Task Start_TheFileIsLockedByNobodyWhoAnswers_WaitsAndIsDegraded()
    {
        using var locked = AgentFile.Open(File);
        await using var unlinked = await StartAsync();
        unlinked.End("waits", 2);

        await unlinked.LoggedAsync(5105);
        Assert.Equal((SharedAgentRole.Unlinked, RotelState.Degraded), (unlinked.Role, unlinked.Agent.GetStatus().State));
        Assert.Contains("shared agent", Assert.Single(unlinked.Agent.GetStatus().Problems), StringComparison.Ordinal);

        locked.Dispose();
        await unlinked.LoggedAsync(5100);
        await unlinked.FlushAsync();
        Assert.Equal(2, _backend.ItemCount(OtlpSignal.Traces));
    }

    [Fact]
    public async Task Status_OfAHolderWhoseFileWasTakenAway_SaysThatNobodyNewFindsIt()
    {
        if (OperatingSystem.IsWindows())
            return;
        await using var holder = await StartAsync();
        Assert.Equal(RotelState.Running, holder.Agent.GetStatus().State);

        System.IO.File.Delete(File);
        Assert.Contains($"no longer at {File}", Assert.Single(holder.Agent.GetStatus().Problems), StringComparison.Ordinal);
        holder.End("all the same", 3);
        await holder.FlushAsync();
        Assert.Equal(3, _backend.ItemCount(OtlpSignal.Traces));
    }

    [Fact]
    public async Task Follower_WhoseLoggerThrowsAtEveryLine_TakesOverAllTheSame()
    {
        var holder = await StartAsync();
        using var throwing = new ThrowingLogs();
        await using var follower = await SharingMember.StartAsync(File, options => options.SendTo(_backend), throwing);
        Assert.Equal(SharedAgentRole.Follower, follower.Role);

        await holder.DisposeAsync();
        await follower.LoggedAsync(5100);
        follower.End("after", 5);
        await follower.FlushAsync();
        Assert.Equal(SharedAgentRole.Holder, follower.Role);
        Assert.Equal(5, _backend.ItemCount(OtlpSignal.Traces));
    }

    private Task<SharingMember> StartAsync(Action<RotelOptions>? configure = null) => SharingMember.StartAsync(File, options =>
    {
        options.SendTo(_backend);
        configure?.Invoke(options);
    });

    private async Task<RotelStatus> PlainStatusAsync()
    {
        await using var agent = await RotelAgent.StartAsync(
            options =>
            {
                TestHost.UseShortTimes(options);
                options.SendTo(_backend);
            },
            cancellationToken: Token);
        return agent.GetStatus();
    }

    private static long SentBy(SharingMember member, string exporter) =>
        member.Agent.GetStatus().Exporters.Single(status => status.Name == exporter)
            .Signals.Single(signal => signal.Signal == OtlpSignal.Traces).Sent;
}
