using System.Diagnostics;
using OpenTelemetry;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Rotel.EndToEnd;

/// <summary>
/// A stock SDK at its default settings, 10,000 spans a second of about 490 bytes, the <c>rotel</c> command at its defaults, and a backend that
/// is away for a minute. The memory is that of the rotel process alone: its resident size, at most each second of the outage, against what it
/// was after the first seconds of load.
/// </summary>
[Collection(ProcessWide.Name)]
public sealed class LongOutageTests
{
    private const int SpansPerSecond = 10_000;
    private const long AllowedGrowth = 100L * 1000 * 1000;

    [Fact]
    [Trait("Category", "Long")]
    public async Task Outage_OfAMinuteAtTenThousandSpansPerSecond_LosesNothingAndStaysSmall()
    {
        await using var backend = new SpanCounter();
        await backend.StartAsync();
        await using var rotel = await RotelProcess.StartAsync(new Dictionary<string, string>
        {
            ["ROTEL_EXPORTER"] = "otlp",
            ["ROTEL_OTLP_EXPORTER_ENDPOINT"] = backend.Endpoint.ToString(),
            ["ROTEL_OTLP_EXPORTER_PROTOCOL"] = "http",
        });
        using var warnings = new SdkWarnings();
        using var source = new ActivitySource("Rotel.Load");
        var tracing = Sdk.CreateTracerProviderBuilder()
            .AddSource(source.Name).SetSampler(new AlwaysOnSampler())
            .ConfigureResource(resource => resource.AddService("orders-api", "shop", "8.14.2"))
            .AddOtlpExporter(options => options.Endpoint = rotel.Grpc)
            .Build();

        var ended = await LoadAsync(source, TimeSpan.FromSeconds(10), _ => { });
        var before = rotel.Process.ResidentBytes;
        await backend.StopAsync();
        var peak = 0L;
        ended += await LoadAsync(source, TimeSpan.FromSeconds(60), _ => peak = Math.Max(peak, rotel.Process.ResidentBytes));
        await backend.StartAsync();
        ended += await LoadAsync(source, TimeSpan.FromSeconds(5), _ => peak = Math.Max(peak, rotel.Process.ResidentBytes));
        Assert.True(tracing.ForceFlush());

        // On a machine that is busy with other work the SDK's queue of 2,048 is full now and then; what never left it Rotel has not lost.
        tracing.Dispose();
        Assert.InRange(warnings.Dropped, 0, ended / 100);
        var sent = ended - (int)warnings.Dropped;

        // Past the longest back-off everything is there; if it is not, what Rotel counted tells where it was lost.
        await backend.WaitAsync(sent, TimeSpan.FromSeconds(45));
        rotel.Process.Terminate();
        Assert.Equal(0, await rotel.Process.ExitAsync());
        var totals = rotel.FinalTotals();
        var refusals = rotel.Process.Lines.Where(line => line.Contains("Receiver '", StringComparison.Ordinal));
        var outcome = $"{ended} spans ended, {totals.Accepted} accepted, {totals.Dropped} dropped, {backend.Count} arrived, " +
            $"{backend.Duplicates} again; resident {before / 1_000_000} MB before, {peak / 1_000_000} MB at most; " +
            $"the SDK says: {warnings}; Rotel says: {string.Join("; ", refusals)}";
        TestContext.Current.TestOutputHelper?.WriteLine(outcome);
        Assert.True(backend.Count == sent, outcome);
        Assert.True(peak - before < AllowedGrowth, outcome);
    }

    /// <summary>Ends spans at the rate, a hundred every ten milliseconds; what a slow moment missed is made up for.</summary>
    private static async Task<int> LoadAsync(ActivitySource source, TimeSpan duration, Action<TimeSpan> eachSecond)
    {
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        var start = Stopwatch.GetTimestamp();
        var ended = 0;
        var seconds = 0;
        while (await tick.WaitForNextTickAsync(TestContext.Current.CancellationToken))
        {
            var elapsed = Stopwatch.GetElapsedTime(start);

            // Never more at once than the SDK's queue takes besides what is in it: this tests Rotel, not the SDK's queue.
            var due = Math.Min((int)(Math.Min(elapsed.TotalSeconds, duration.TotalSeconds) * SpansPerSecond) - ended, 500);
            for (var i = 0; i < due; i++)
                EndSpan(source, ended + i);
            ended += due;
            if (elapsed.TotalSeconds >= seconds + 1)
            {
                seconds++;
                eachSecond(elapsed);
            }

            if (elapsed >= duration && ended >= (int)(duration.TotalSeconds * SpansPerSecond))
                return ended;
        }

        return ended;
    }

    private static void EndSpan(ActivitySource source, int number)
    {
        using var span = source.StartActivity("GET /v1/orders/{orderId}", ActivityKind.Server)!;
        span.SetTag("http.request.method", "GET").SetTag("http.route", "/v1/orders/{orderId}").SetTag("url.scheme", "https");
        span.SetTag("url.path", $"/v1/orders/{number}").SetTag("server.address", "orders.example.com").SetTag("server.port", 443);
        span.SetTag("http.response.status_code", number % 50 == 0 ? 404 : 200).SetTag("network.protocol.version", "2");
        span.SetTag("client.address", $"203.0.113.{number % 251}").SetTag("http.response.body.size", number % 9973);
        span.SetTag("user_agent.original", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome");
    }
}
