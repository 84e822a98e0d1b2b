using Rotel.Otlp;
using Rotel.TestKit.Backends;

namespace Rotel.EndToEnd;

/// <summary>What a follower is told of delivery is the word of the destination, not the holder's.</summary>
public sealed class SharingFlushTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("flush", "flushed")]
    [InlineData("deliver 30", "delivery Delivered 30")]
    public async Task Follower_IsToldOfDeliveryWhenTheDestinationHasIt(string command, string answer)
    {
        await using var group = await MemberGroup.StartAsync(("ROTEL_REMEMBERED_TRACES", command == "flush" ? "0" : "1000"));
        await group.AddAsync(2);
        await group.SettledAsync();
        var follower = group.Followers[0];
        var release = new TaskCompletionSource();
        group.Backend.Script.Otherwise(BackendBehaviour.Hold(release.Task));
        if (command == "flush")
            await follower.EndAsync(30);

        var told = follower.AskAsync(command, answer);
        await group.Backend.WaitForRequestsAsync(1, Token);

        // Whatever it was told by then is here when this question is answered.
        await follower.RoleAsync();
        Assert.False(told.IsCompleted);
        release.SetResult();

        await told;
        Assert.Equal(30, group.Backend.ItemCount(OtlpSignal.Traces));
    }

    /// <summary>Nothing of what was flushed is reported when the holder ends.</summary>
    [Fact]
    public async Task HolderKilled_AfterAFlush_IsNotReportedToHaveLostWhatWasFlushed()
    {
        await using var group = await MemberGroup.StartAsync();
        await group.AddAsync(2);
        await group.SettledAsync();
        var follower = group.Followers[0];
        await follower.EndAsync(30);
        await follower.FlushAsync();

        await group.EndHolderAsync(group.Holder, process => process.Kill());

        await follower.EventAsync(5103);
        Assert.Equal(0, follower.Reported);
    }

    /// <summary>What the holder has accepted and not delivered is gone with it, and known to be.</summary>
    [Fact]
    public async Task HolderKilled_WithASlowDestination_IsReportedWithAllThatMayBeLost()
    {
        await using var group = await MemberGroup.StartAsync();
        await group.AddAsync(2);
        await group.SettledAsync();
        var follower = group.Followers[0];
        group.Backend.Script.Then(BackendBehaviour.NeverAnswer);
        await follower.EndAsync(30);
        await group.Backend.WaitForRequestsAsync(1, Token);

        await group.EndHolderAsync(group.Holder, process => process.Kill());

        await follower.EventAsync(5103);
        Assert.Equal(30, follower.Reported);
        await follower.EndAsync(10);
        await follower.FlushAsync();
        Assert.Equal(10, group.Backend.ItemCount(OtlpSignal.Traces));
    }
}
