using System.Diagnostics;
using Rotel.TestKit;

namespace Rotel.Processors.Typed;

/// <summary>A step that takes all memory there is, in a process of its own whose heap has a hard limit.</summary>
public sealed class TypedMemoryTests
{
    [Fact]
    public async Task Step_ThatAllocatesWithoutEnd_LosesNothingOfOthers()
    {
        // The runtime of this process cannot be limited any more; the test runs in one that is.
        var program = Path.ChangeExtension(typeof(TypedMemoryTests).Assembly.Location, OperatingSystem.IsWindows() ? "exe" : null);
        var start = new ProcessStartInfo(program)
        {
            ArgumentList = { "-noColor", "-explicit", "only", "-method", $"*{nameof(WithinAHardLimit_AStepAllocatesWithoutEnd)}" },
            Environment = { ["DOTNET_GCHeapHardLimit"] = "0x8000000" },
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await Watchdog.WaitAsync(
            process.WaitForExitAsync(TestContext.Current.CancellationToken), "end of the process", TestContext.Current.CancellationToken);

        Assert.True(process.ExitCode == 0, await output);
        Assert.Contains("Total: 1", await output, StringComparison.Ordinal);
    }

    [Fact(Explicit = true)]
    public async Task WithinAHardLimit_AStepAllocatesWithoutEnd()
    {
        Assert.Equal(128 * 1024 * 1024, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes);
        await using var greedy = new TypedBench(threads: 2).Add((_, _) =>
        {
            // So large that it fails while a little is left for others: which thread is refused the last byte is the runtime's choice.
            var all = new List<byte[]>();
            while (true)
                all.Add(new byte[8 * 1024 * 1024]);
        });
        await using var modest = new TypedBench(threads: 2).Add((resource, _) => resource.SchemaUrl = "changed");

        for (var round = 0; round < 5; round++)
        {
            var failing = greedy.StartAsync(TypedBench.Traces());
            do
            {
                await AssertProcessesAsync(modest);
            }
            while (!failing.IsCompleted);

            using var payload = await TypedBench.FinishAsync(failing);
            Assert.Equal(3, payload!.ItemCount);
        }

        Assert.Equal(5, greedy.Ledger(0).Failures);
        Assert.Contains(nameof(OutOfMemoryException), greedy.Log.Lines[0].Exception, StringComparison.Ordinal);
        await AssertProcessesAsync(modest);
    }

    private static async Task AssertProcessesAsync(TypedBench modest)
    {
        var result = await modest.ProcessAsync(TypedBench.Traces(resources: 2));
        Assert.Equal(["0", "1"], TypedBench.Values(result, "number"));
    }
}
