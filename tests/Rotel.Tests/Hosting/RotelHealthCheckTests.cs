using System.Net.Http.Headers;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Rotel.Exporters.Otlp;
using Rotel.Otlp;
using Rotel.TestKit;
using Rotel.TestKit.Backends;
using Rotel.TestKit.Telemetry;

namespace Rotel.Hosting;

public sealed class RotelHealthCheckTests
{
    [Fact]
    public async Task Check_OverTheLifeOfACollector_SaysWhatIsWrongAndOnlyWhile()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var backend = await OtlpBackend.StartAsync(cancellation);
        using var log = new LogRecorder();
        var builder = TestHost.CreateBuilder(log, options => options.SendTo(backend, configure: exporter =>
        {
            // Uncompressed, what waits keeps its size.
            exporter.Compression = OtlpCompression.None;
            exporter.QueueMaxBytes = 64 * 1024;
        }));
        builder.Services.AddHealthChecks().AddRotel();
        using var host = builder.Build();
        Assert.Equal(HealthStatus.Unhealthy, (await CheckAsync()).Status);
        await host.StartAsync(cancellation);
        var collector = host.Collector();
        var load = new StandardLoad();

        Assert.Equal(HealthStatus.Healthy, (await CheckAsync()).Status);

        backend.Script.Then(BackendBehaviour.Status(400));
        await SendAsync(items: 10);
        await collector.FlushAsync(cancellation);
        var lost = await CheckAsync();
        Assert.Equal(HealthStatus.Degraded, lost.Status);
        Assert.Contains("'backend' lost 10 spans", lost.Description, StringComparison.Ordinal);
        Assert.Equal(10L, lost.Data["backend.traces.dropped"]);
        Assert.Equal(1L, lost.Data["backend.traces.failed_attempts"]);
        Assert.Contains("400", Assert.IsType<string>(lost.Data["backend.traces.last_error"]), StringComparison.Ordinal);
        Assert.DoesNotContain("backend.traces.last_success", lost.Data);

        // What was lost before the last look is no news.
        Assert.Equal(HealthStatus.Healthy, (await CheckAsync()).Status);

        var release = new TaskCompletionSource();
        backend.Script.Otherwise(BackendBehaviour.Hold(release.Task));
        await SendAsync(items: 120);
        var full = await CheckAsync();
        Assert.Equal(HealthStatus.Degraded, full.Status);
        Assert.Contains("the traces queue of exporter 'backend' is nearly full", full.Description, StringComparison.Ordinal);
        release.SetResult();
        await Watchdog.WaitAsync(collector.FlushAsync(cancellation), "the queue emptied", cancellation);
        Assert.Contains("backend.traces.last_success", (await CheckAsync()).Data);
        Assert.Equal(HealthStatus.Healthy, (await CheckAsync()).Status);

        await host.StopAsync(cancellation);
        Assert.Equal(HealthStatus.Unhealthy, (await CheckAsync()).Status);

        async Task<HealthReportEntry> CheckAsync() =>
            (await host.Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(cancellation)).Entries["rotel"];

        async Task SendAsync(int items)
        {
            using var client = new HttpClient();
            using var content = new ByteArrayContent(load.Encode(OtlpSignal.Traces, items));
            content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
            using var response = await client.PostAsync(new Uri($"http://{collector.HttpEndpoints[0]}/v1/traces"), content, cancellation);
            response.EnsureSuccessStatusCode();
        }
    }
}
