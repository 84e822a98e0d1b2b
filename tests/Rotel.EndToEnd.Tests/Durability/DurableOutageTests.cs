using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Rotel.TestKit;

namespace Rotel.EndToEnd;

/// <summary>
/// A backend that is away while 20,000 spans a second come in: memory stays flat, the disk has the rest, and when the backend is back all
/// of it is delivered at full speed, and what is new does not wait for it. <c>ROTEL_TEST_OUTAGE=120</c> makes it two minutes; how fast it
/// was stands in the output.
/// </summary>
[Collection(ProcessWide.Name)]
public sealed class DurableOutageTests
{
    private const int SpansPerSecond = 20_000;
    private const long MemoryLimit = 32L << 20;
    private const long DiskLimit = 4L << 30;
    private const long AllowedGrowth = 64L * 1000 * 1000;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [Trait("Category", "Long")]
    [InlineData("spill")]
    [InlineData("always")]
    public async Task Outage_AtTwentyThousandSpansPerSecond_StaysSmallAndIsMadeUpForAtFullSpeed(string mode)
    {
        await using var backend = new SpanCounter();
        await backend.StartAsync();
        await using var durable = new DurableRotel(
            ("ROTEL_DISK_QUEUE", mode),
            ("ROTEL_DISK_QUEUE_MAX_BYTES", DiskLimit.ToString(CultureInfo.InvariantCulture)),
            ("ROTEL_MEMORY_LIMIT", MemoryLimit.ToString(CultureInfo.InvariantCulture)),
            ("ROTEL_STATUS_ENDPOINT", "127.0.0.1:0"),
            ("ROTEL_EXPORTER", "otlp"),
            ("ROTEL_OTLP_EXPORTER_ENDPOINT", backend.Endpoint.ToString()),
            ("ROTEL_OTLP_EXPORTER_PROTOCOL", "http"),
            ("ROTEL_OTLP_EXPORTER_COMPRESSION", "none"),
            ("ROTEL_OTLP_EXPORTER_RETRY_INITIAL_BACKOFF", "100ms"),
            ("ROTEL_OTLP_EXPORTER_RETRY_MAX_BACKOFF", "500ms"));
        var rotel = await durable.StartAsync();
        using var load = new SteadyLoad(rotel.Http);
        using var status = new HttpClient { BaseAddress = rotel.Status };

        await load.RunAsync(SpansPerSecond, TimeSpan.FromSeconds(5));
        await backend.StopAsync();
        var (before, peak, reserved, disk) = (0L, 0L, 0L, 0L);
        var loading = load.RunAsync(SpansPerSecond, RunLength.Outage);
        var start = Stopwatch.GetTimestamp();
        while (!loading.IsCompleted)
        {
            await Task.WhenAny(loading, Task.Delay(TimeSpan.FromSeconds(1), Token));
            if (Stopwatch.GetElapsedTime(start) < RunLength.Outage / 4)
                before = Math.Max(before, rotel.Process.ResidentBytes);
            peak = Math.Max(peak, rotel.Process.ResidentBytes);
            reserved = Math.Max(reserved, await ReservedAsync(status));
            disk = Math.Max(disk, durable.BytesOnDisk);
        }

        await loading;
        var backlog = load.Acknowledged - backend.Count;
        await backend.StartAsync();
        start = Stopwatch.GetTimestamp();
        var slowest = await SendFreshAsync(backend, load);
        var replay = Stopwatch.GetElapsedTime(start);
        await DurableRotel.StopAsync(rotel);

        var totals = rotel.FinalTotals();
        var outcome = string.Create(CultureInfo.InvariantCulture, $"{mode}: {load.Acknowledged} spans acknowledged, "
            + $"{load.Refused} refused, {totals.Dropped} dropped, {backend.Count} arrived, {backend.Duplicates} again; "
            + $"resident {before / 1_000_000} MB at first, "
            + $"{peak / 1_000_000} MB at most, {reserved / 1_000_000} MB of the budget, {disk / 1_000_000} MB on disk; {backlog} spans "
            + $"made up for in {replay.TotalSeconds:0.0} s, {backlog / replay.TotalSeconds:0} a second, the slowest new one after "
            + $"{slowest.TotalMilliseconds:0} ms");
        TestContext.Current.TestOutputHelper?.WriteLine(outcome);
        Assert.True(load.Refused == 0, outcome);
        Assert.True(backend.Count == load.Acknowledged, outcome);
        Assert.True(totals.Dropped == 0, outcome);
        Assert.True(reserved <= MemoryLimit, outcome);
        Assert.True(disk <= DiskLimit, outcome);
        Assert.True(peak - before < AllowedGrowth, outcome);
    }

    /// <summary>Sends a span now and then until everything has arrived; how long the slowest of them took.</summary>
    private static async Task<TimeSpan> SendFreshAsync(SpanCounter backend, SteadyLoad load)
    {
        var slowest = TimeSpan.Zero;
        do
        {
            var sent = Stopwatch.GetTimestamp();
            await backend.SeenAsync(await load.SendOneAsync(), Token);
            slowest = TimeSpan.FromTicks(Math.Max(slowest.Ticks, Stopwatch.GetElapsedTime(sent).Ticks));
        }
        while (backend.Count < load.Acknowledged);
        return slowest;
    }

    private static async Task<long> ReservedAsync(HttpClient status)
    {
        using var document = JsonDocument.Parse(await status.GetByteArrayAsync("rotel/status", Token));
        return document.RootElement.GetProperty("memory").GetProperty("reserved_bytes").GetInt64();
    }
}
