using System.Diagnostics;

namespace Rotel.EndToEnd;

/// <summary>The process that holds a shared Rotel is killed while all hand over: another has its place before anybody would notice.</summary>
[Collection(ProcessWide.Name)]
public sealed class SharingTakeoverTests
{
    /// <summary>
    /// What a user is promised is a second, which a machine that is busy with other things may take longer for: how long it was is printed.
    /// </summary>
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(5);

    [Theory]
    [InlineData("delivered")]
    [InlineData("accepted")]
    public Task HolderKilledTwice_UnderLoad_IsFollowedByAnother(string acknowledgement) => KillHoldersAsync(5, 2, acknowledgement);

    [Theory]
    [InlineData("delivered")]
    [InlineData("accepted")]
    [Trait("Category", "Long")]
    public Task HolderKilledTenTimes_UnderTheLoadOfTen_IsFollowedByAnother(string acknowledgement) =>
        KillHoldersAsync(10, 10, acknowledgement);

    private static async Task KillHoldersAsync(int members, int kills, string acknowledgement)
    {
        await using var group = await MemberGroup.StartAsync(("ROTEL_OTLP_ACKNOWLEDGEMENT", acknowledgement));
        foreach (var member in await group.AddAsync(members))
            member.Process.Write("load");

        var takeovers = new List<TimeSpan>();
        var openings = new List<TimeSpan>();
        for (var kill = 0; kill < kills; kill++)
        {
            await group.SettledAsync();
            await group.AcknowledgedAsync(50);
            var start = Stopwatch.GetTimestamp();
            takeovers.Add(await group.EndHolderAsync(group.Holder, process => process.Kill()));
            await group.ListeningAsync();
            openings.Add(Stopwatch.GetElapsedTime(start));
            (await group.AddAsync(1))[0].Process.Write("load");
        }

        await group.SettledAsync();
        await group.AcknowledgedAsync(50);
        await group.PauseAndFlushAsync();

        var missing = group.Missing(group.Living);
        var missingOfKilled = group.Missing(group.Members.Except(group.Living));
        var reported = group.Living.Sum(member => member.Reported);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{kills} kills of the holder of {members}, acknowledgement {acknowledgement}: another held it after "
            + $"{Milliseconds(takeovers)} ms and listened after {Milliseconds(openings)} ms; "
            + $"{group.Arrived().Count} spans arrived, {group.Repeated().Count} of them again; "
            + $"of those acknowledged {missing.Count} are missing of the processes that live, which reported {reported}, and "
            + $"{missingOfKilled.Count} of those that were killed");
        Assert.True(group.Members.Sum(member => member.Count(5106) + member.Count(5107)) == 0, group.Said());
        Assert.All(takeovers.Concat(openings), time => Assert.InRange(time, TimeSpan.Zero, Bound));
        Assert.Equal(members, group.Living.Count);
        if (acknowledgement == "delivered")
        {
            Assert.Empty(missing);
            Assert.Empty(missingOfKilled);
            Assert.Equal(0, reported);
        }
        else
        {
            Assert.True(missing.Count <= reported, group.Said());
        }
    }

    private static string Milliseconds(List<TimeSpan> times) => string.Join(", ", times.Select(time => $"{time.TotalMilliseconds:0}"));
}
