using System.Globalization;

namespace Rotel.EndToEnd;

/// <summary>Processes that share a Rotel have one that listens and delivers, however they are started.</summary>
public sealed class SharingElectionTests
{
    [Fact]
    public async Task TenProcesses_StartedAtOnce_HaveOneListenerAndLoseNothing()
    {
        await using var group = await MemberGroup.StartAsync();
        await group.AddAsync(10);
        await group.SettledAsync();
        await Task.WhenAll(group.Members.Select(member => member.EndAsync(50)));
        await Task.WhenAll(group.Members.Select(member => member.FlushAsync()));

        var arrived = group.Arrived();
        Assert.Equal(group.Members.SelectMany(member => member.Acknowledged).Order(), arrived.Keys.Order());
        Assert.Equal(500, arrived.Count);
        Assert.Empty(group.Repeated());

        var id = group.Holder.Process.Id.ToString(CultureInfo.InvariantCulture);
        Assert.Equal(
            ("Holder", id, group.Grpc.Authority, group.Http.Authority, group.Status.Authority),
            await group.Holder.RoleAsync());
        foreach (var follower in group.Followers)
        {
            Assert.Equal(("Follower", id, "none", "none", "none"), await follower.RoleAsync());
            Assert.Equal("Running", (await follower.StateAsync()).State);
        }
    }

    /// <summary>What a follower's own processors do is done once, and the holder's are for the holder's own.</summary>
    [Fact]
    public async Task SpansOfAFollower_PassItsOwnProcessorsOnceAndNotTheHolders()
    {
        await using var group = await MemberGroup.StartAsync();
        var holder = (await group.AddAsync(1, SharingMember.Marking))[0];
        var follower = (await group.AddAsync(1, SharingMember.Marking))[0];
        await group.SettledAsync();
        Assert.Same(holder, group.Holder);

        await follower.EndAsync(20);
        await holder.EndAsync(20);
        await follower.FlushAsync();
        await holder.FlushAsync();

        // What waits while there is no holder has passed them, too, when it goes to its own exporters.
        holder.Process.Signal("STOP");
        await follower.EndAsync(20);
        await group.EndHolderAsync(holder, process => process.Kill());
        await follower.EndAsync(20);
        await follower.FlushAsync();

        Assert.Equal(80, group.Arrived().Count);
        Assert.All(group.Spans(), span => Assert.Equal(
            [span.Name.Split('/')[0]],
            span.Attributes.Where(attribute => attribute.Key == SharingMember.Marking).Select(attribute => attribute.Value.StringValue)));
    }
}
