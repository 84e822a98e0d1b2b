namespace Rotel.EndToEnd;

/// <summary>A process that stops in order takes nothing with it, and stops nothing of the others.</summary>
public sealed class SharingStopTests
{
    [Theory]
    [InlineData("accepted", false)]
    [InlineData("accepted", true)]
    [InlineData("delivered", false)]
    [InlineData("delivered", true)]
    public async Task HolderStopped_UnderLoad_LosesNothingAndAnotherTakesOver(string acknowledgement, bool bySignal)
    {
        await using var group = await MemberGroup.StartAsync(("ROTEL_OTLP_ACKNOWLEDGEMENT", acknowledgement));
        foreach (var member in await group.AddAsync(4))
            member.Process.Write("load");
        await group.SettledAsync();
        await group.AcknowledgedAsync(50);

        var holder = group.Holder;
        var takeover = await group.EndHolderAsync(holder, process => Stop(process, bySignal));
        Assert.Equal(0, await holder.Process.ExitAsync());
        await group.SettledAsync();
        await group.ListeningAsync();
        await group.AcknowledgedAsync(50);
        await group.PauseAndFlushAsync();

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"acknowledgement {acknowledgement}, {(bySignal ? "SIGTERM" : "StopAsync")}: another held it after "
            + $"{takeover.TotalMilliseconds:0} ms; {group.Arrived().Count} spans arrived");
        Assert.Empty(group.Missing(group.Members));
        Assert.Empty(group.Repeated());
        Assert.All(group.Living, member => Assert.Equal((0, 0), (member.Count(5103), member.Count(5106))));
    }

    [Theory]
    [InlineData("accepted", false)]
    [InlineData("accepted", true)]
    [InlineData("delivered", false)]
    public async Task FollowerStopped_UnderLoad_StopsNothingOfTheOthers(string acknowledgement, bool bySignal)
    {
        await using var group = await MemberGroup.StartAsync(("ROTEL_OTLP_ACKNOWLEDGEMENT", acknowledgement));
        foreach (var member in await group.AddAsync(3))
            member.Process.Write("load");
        await group.SettledAsync();
        await group.AcknowledgedAsync(50);

        var follower = group.Followers[0];
        Stop(follower.Process, bySignal);
        Assert.Equal(0, await follower.Process.ExitAsync());
        group.Ended(follower);

        await group.AcknowledgedAsync(50);
        await group.PauseAndFlushAsync();
        Assert.Empty(group.Missing(group.Members));
        Assert.Empty(group.Repeated());
        Assert.All(group.Living, member => Assert.Equal((0, 0), (member.Count(5102), member.Count(5103))));
        Assert.Equal("Holder", (await group.Holder.RoleAsync()).Role);
    }

    /// <summary>The runtime ends it right after what Rotel does at the signal; what the others hand over meanwhile must stay theirs.</summary>
    [Fact]
    public async Task HolderEndsByASignalThatItsProgramDoesNotHandle_UnderTheOthersLoad_LosesNothingOfTheirs()
    {
        await using var group = await MemberGroup.StartAsync(("ROTEL_OTLP_ACKNOWLEDGEMENT", "accepted"));
        foreach (var member in await group.AddAsync(4))
            member.Process.Write("load");
        await group.SettledAsync();
        await group.Holder.AskAsync("careless", "careless");
        await group.AcknowledgedAsync(50);

        await group.EndHolderAsync(group.Holder, process => process.Terminate());
        await group.SettledAsync();
        await group.AcknowledgedAsync(50);
        await group.PauseAndFlushAsync();

        Assert.Empty(group.Missing(group.Living));
        Assert.Empty(group.Repeated());
        Assert.All(group.Living, member => Assert.Equal(0, member.Count(5103)));
    }

    private static void Stop(ChildProcess process, bool bySignal)
    {
        if (bySignal)
            process.Terminate();
        else
            process.Write("stop");
    }
}
