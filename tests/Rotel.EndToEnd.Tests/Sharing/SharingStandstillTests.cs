using System.Net;
using System.Text.Json;

namespace Rotel.EndToEnd;

/// <summary>A holder that stands still has not ended: the others keep what they take in until it goes on, or is killed.</summary>
public sealed class SharingStandstillTests
{
    private const int MemoryLimit = 4 * 1024 * 1024;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task HolderThatStandsStill_LosesNothingOfAFollower(bool isKilled)
    {
        await using var group = await MemberGroup.StartAsync();
        await group.AddAsync(2);
        await group.SettledAsync();
        var (holder, follower) = (group.Holder, group.Followers[0]);
        await follower.EndAsync(50);
        await follower.FlushAsync();

        holder.Process.Signal("STOP");
        for (var i = 0; i < 10; i++)
            await follower.EndAsync(50);
        Assert.Equal(500, (await follower.StateAsync()).Waiting);
        if (isKilled)
            await group.EndHolderAsync(holder, process => process.Kill());
        else
            holder.Process.Signal("CONT");

        await follower.FlushAsync();
        Assert.Equal(550, follower.AcknowledgedCount);
        Assert.Empty(group.Missing([follower]));
        Assert.Equal(0, follower.Reported);
    }

    [Fact]
    public async Task FollowerOfAHolderThatStandsStill_StaysWithinItsMemoryAndRefusesTheRest()
    {
        await using var group = await MemberGroup.StartAsync(
            ("ROTEL_MEMORY_LIMIT", $"{MemoryLimit}B"), ("OTEL_EXPORTER_OTLP_TIMEOUT", "500"));
        await group.AddAsync(2);
        await group.SettledAsync();
        var (holder, follower) = (group.Holder, group.Followers[0]);

        holder.Process.Signal("STOP");
        var lots = 0;
        while (await follower.TryEndAsync(500))
            lots++;
        var state = await follower.StateAsync();
        Assert.InRange(state.ReservedBytes, 1, state.LimitBytes);
        Assert.Equal(500 * lots, state.Waiting);
        Assert.NotEqual(0, lots);
        holder.Process.Signal("CONT");

        await follower.FlushAsync();
        Assert.Equal(500 * lots, follower.AcknowledgedCount);
        Assert.Empty(group.Missing([follower]));
        Assert.Equal("Running", (await follower.StateAsync()).State);
    }

    /// <summary>Who finds the lock taken and nobody there says so, works, and hands over when there is somebody.</summary>
    [Fact]
    public async Task ProcessStarted_WhileTheHolderStandsStill_IsDegradedUntilItAnswers()
    {
        await using var group = await MemberGroup.StartAsync();
        var holder = (await group.AddAsync(1))[0];
        holder.Process.Signal("STOP");

        var late = group.Add();
        await late.EventAsync(5105);
        await late.ReadyAsync();
        await late.EndAsync(20);
        var state = await late.StateAsync();
        Assert.Equal(("Degraded", 20), (state.State, state.Waiting));
        Assert.Contains("no process that holds the shared agent can be reached", state.Problems, StringComparison.Ordinal);
        Assert.Equal("Unlinked", (await late.RoleAsync()).Role);

        holder.Process.Signal("CONT");
        await late.FlushAsync();
        Assert.Empty(group.Missing([late]));
        Assert.Equal("Running", (await late.StateAsync()).State);
    }

    [Fact]
    public async Task StatusEndpoint_IsTheHolders()
    {
        await using var group = await MemberGroup.StartAsync();
        await group.AddAsync(2);
        await group.SettledAsync();
        using var http = new HttpClient { BaseAddress = group.Status };
        await AssertHolderAnswersAsync(group, http);

        await group.EndHolderAsync(group.Holder, process => process.Kill());
        await group.ListeningAsync();
        await AssertHolderAnswersAsync(group, http);
    }

    private static async Task AssertHolderAnswersAsync(MemberGroup group, HttpClient http)
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var status = JsonDocument.Parse(await http.GetStringAsync("/rotel/status", cancellation));
        var part = status.RootElement.GetProperty("shared_agent");
        Assert.Equal(group.Holder.Process.Id, status.RootElement.GetProperty("process_id").GetInt32());
        Assert.Equal(group.Holder.Process.Id, part.GetProperty("holder_process_id").GetInt32());
        Assert.Equal("holder", part.GetProperty("role").GetString());
        Assert.Equal(group.File, part.GetProperty("file").GetString());
        using var health = await http.GetAsync("/rotel/health", cancellation);
        Assert.Equal(HttpStatusCode.OK, health.StatusCode);
    }
}
