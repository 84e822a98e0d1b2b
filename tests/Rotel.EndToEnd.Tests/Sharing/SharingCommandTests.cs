using System.Diagnostics;
using Rotel.Agent;
using Rotel.Otlp;
using Rotel.TestKit;

namespace Rotel.EndToEnd;

/// <summary>A second <c>rotel start</c> with the same file stands by, and who sends OTLP hardly notices that the first has ended.</summary>
public sealed class SharingCommandTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task SecondCommand_TakesOverWhenTheFirstEnds(bool isKilled)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var group = await MemberGroup.StartAsync(("ROTEL_OTLP_ACKNOWLEDGEMENT", "delivered"));
        var settings = new Dictionary<string, string>(group.Environment);
        settings.Remove("ROTEL_PID_FILE");
        await using var first = Start(group, settings);
        await first.LineAsync("rotel is ready: otlp grpc");
        await using var second = Start(group, settings);
        await second.LineAsync("rotel is ready");
        await second.LineWithAsync("Handing over to process");
        using var client = new OtlpClient(group.Http, group.Grpc);
        Assert.True((await client.PostAsync(cancellation)).IsSuccess);
        Assert.True((await client.CallAsync(cancellation)).IsSuccess);

        var start = Stopwatch.GetTimestamp();
        if (isKilled)
            first.Kill();
        else
            first.Terminate();
        await Watchdog.WaitAsync(SendUntilTakenAsync(client, grpc: false), "the second to listen", cancellation);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"OTLP was taken again {Stopwatch.GetElapsedTime(start).TotalMilliseconds:0} ms later");
        Assert.Equal(isKilled ? 137 : 0, await first.ExitAsync());
        await second.LineWithAsync("This process holds the shared agent");
        await Watchdog.WaitAsync(SendUntilTakenAsync(client, grpc: true), "the second to listen", cancellation);
        Assert.True((await client.PostAsync(cancellation)).IsSuccess);

        second.Terminate();
        Assert.Equal(0, await second.ExitAsync());
        Assert.Equal(100, client.Acknowledged.Count);
        Assert.Empty(client.Acknowledged.Except(group.Backend.Items(OtlpSignal.Traces).Keys));
    }

    /// <summary>As a client does that has no patience; the one that ends may still take the first.</summary>
    private static async Task SendUntilTakenAsync(OtlpClient client, bool grpc)
    {
        while (true)
        {
            try
            {
                if ((await client.SendAsync(grpc, TestContext.Current.CancellationToken)).IsSuccess)
                    return;
            }
            catch (HttpRequestException)
            {
                // Nobody listens at the moment.
            }
        }
    }

    private static ChildProcess Start(MemberGroup group, Dictionary<string, string> settings) =>
        new(typeof(RotelCommand).Assembly.Location, settings, "start", "--pid-file", group.File);
}
