using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Rotel.Configuration;
using Rotel.Hosting;
using Rotel.Otlp;
using Rotel.TestKit;
using Rotel.TestKit.Backends;
using Rotel.TestKit.Certificates;
using Rotel.TestKit.Telemetry;
using Rotel.Tests.Configuration;

namespace Rotel.Operation;

/// <summary><c>/rotel/status</c> and <c>/rotel/health</c> on the endpoint of their own.</summary>
public sealed class StatusEndpointTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Status_OverTheLifeOfACollector_SaysWhatTheLedgersSay()
    {
        await using var backend = await OtlpBackend.StartAsync(Cancellation);
        using var log = new LogRecorder();
        using var host = await StartAsync(log, options => options.SendTo(backend));
        var rotel = host.Services.GetRequiredService<IRotel>();
        using var client = new StatusClient(rotel.StatusEndpoints[0]);
        backend.Script.Then(BackendBehaviour.Status(503), BackendBehaviour.Accept, BackendBehaviour.Status(400));
        var before = TimeProvider.System.GetUtcNow();

        await SendAsync(rotel, 10);
        await rotel.FlushAsync(Cancellation);
        Assert.Equal(RotelState.Running, rotel.GetStatus().State);
        await SendAsync(rotel, 7);
        await rotel.FlushAsync(Cancellation);

        var (code, json) = await client.ReadAsync("/rotel/status");
        var after = TimeProvider.System.GetUtcNow();
        Assert.Equal(200, code);
        Assert.Equal("degraded", json.GetProperty("state").GetString());
        Assert.Equal("exporter 'backend' lost spans within the last minute", json.GetProperty("problems")[0].GetString());
        Assert.Equal(Environment.ProcessId, json.GetProperty("process_id").GetInt32());
        Assert.InRange(json.GetProperty("started_at").GetDateTimeOffset(), before.AddMinutes(-1), before);
        var receiver = Named(json.GetProperty("receivers"), "otlp_http");
        Assert.Equal(rotel.HttpEndpoints[0].ToString(), receiver.GetProperty("endpoints")[0].GetString());
        Assert.Equal(17, OfTraces(receiver).GetProperty("accepted").GetInt64());
        var exporter = Named(json.GetProperty("exporters"), "backend");
        Assert.Equal("otlp", exporter.GetProperty("type").GetString());
        var traces = OfTraces(exporter);
        Assert.Equal((17, 10, 2, 0), (
            traces.GetProperty("accepted").GetInt64(), traces.GetProperty("sent").GetInt64(),
            traces.GetProperty("failed_attempts").GetInt64(), traces.GetProperty("queue_items").GetInt64()));
        Assert.Equal("{\"destination_rejected\":7}", Compact(traces.GetProperty("dropped")));
        var success = traces.GetProperty("last_success").GetDateTimeOffset();
        var error = traces.GetProperty("last_error");
        Assert.InRange(success, before, after);
        Assert.InRange(error.GetProperty("at").GetDateTimeOffset(), success, after);
        Assert.Contains("400", error.GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.InRange(traces.GetProperty("last_loss").GetDateTimeOffset(), success, after);

        var status = rotel.GetStatus();
        Assert.Equal(OwnWords(json), OwnWords(JsonDocument.Parse(status.ToJson()).RootElement));
        Assert.Equal(host.Collector().Budget.Limit, status.Memory.LimitBytes);

        await host.StopAsync(Cancellation);
        Assert.Equal(RotelState.Stopped, rotel.GetStatus().State);
        await Assert.ThrowsAsync<HttpRequestException>(() => client.SendAsync("/rotel/health"));

        // Ages and moments differ from one look to the next.
        static string OwnWords(JsonElement json) => string.Join('\n', Paths(json, ""));
    }

    /// <summary>The names are a promise to those who read them by program: docs/operation.md has this list as a table.</summary>
    [Fact]
    public async Task Status_ItsNames_StayAsTheyAre()
    {
        await using var backend = await OtlpBackend.StartAsync(Cancellation);
        backend.Script.Then(BackendBehaviour.Status(400));
        using var log = new LogRecorder();
        using var host = await StartAsync(log, options =>
        {
            options.SendTo(backend);
            options.Processors.AddFilter("health", filter => filter.DropSpanNames.Add("nothing"));
        });
        var rotel = host.Services.GetRequiredService<IRotel>();
        await SendAsync(rotel, 1);
        await rotel.FlushAsync(Cancellation);

        var paths = Paths(JsonDocument.Parse(rotel.GetStatus().ToJson()).RootElement, "").Distinct();

        Assert.Equal(
            [
                "state", "problems", "version", "process_id", "started_at", "observed_at",
                "receivers.name", "receivers.endpoints", "receivers.problem", "receivers.refused_connections",
                "receivers.signals.signal", "receivers.signals.accepted", "receivers.signals.refused", "receivers.signals.oversized_items",
                "pipelines.signal", "pipelines.processors.name", "pipelines.processors.dropped", "pipelines.processors.failed",
                "pipelines.exporters",
                "exporters.name", "exporters.type", "exporters.problem", "exporters.signals.signal", "exporters.signals.queue_items",
                "exporters.signals.queue_bytes", "exporters.signals.queue_limit_bytes", "exporters.signals.oldest_age_seconds",
                "exporters.signals.disk_items", "exporters.signals.disk_bytes",
                "exporters.signals.accepted", "exporters.signals.sent", "exporters.signals.dropped", "exporters.signals.kept",
                "exporters.signals.failed_attempts",
                "exporters.signals.last_success", "exporters.signals.last_error.at", "exporters.signals.last_error.message",
                "exporters.signals.last_loss",
                "shared_agent", "disk_queue", "memory.reserved_bytes", "memory.limit_bytes", "memory.is_guarded",
            ],
            paths.Except(["exporters.signals.last_error"]));
    }

    [Fact]
    public async Task Health_WhileRotelDrains_IsStillToldAndNotWell()
    {
        await using var backend = await OtlpBackend.StartAsync(Cancellation);
        using var log = new LogRecorder();
        using var host = await StartAsync(log, options => options.SendTo(backend));
        var rotel = host.Services.GetRequiredService<IRotel>();
        using var client = new StatusClient(rotel.StatusEndpoints[0]);
        var (code, json) = await client.ReadAsync("/rotel/health");
        Assert.Equal((200, "running"), (code, json.GetProperty("state").GetString()));

        var release = new TaskCompletionSource();
        backend.Script.Otherwise(BackendBehaviour.Hold(release.Task));
        await SendAsync(rotel, 10);
        await backend.WaitForRequestsAsync(1, Cancellation);
        var stopping = host.Collector().StopAsync(Cancellation);
        (code, json) = await client.ReadAsync("/rotel/health");
        Assert.Equal((503, "stopping"), (code, json.GetProperty("state").GetString()));

        release.SetResult();
        await Watchdog.WaitAsync(stopping, "the drain", Cancellation);
        Assert.Equal(RotelState.Stopped, rotel.GetStatus().State);
    }

    [Fact]
    public async Task Endpoint_AsksOfRequests_ALoopbackHostAndAMethodThatReads()
    {
        using var log = new LogRecorder();
        using var host = await StartAsync(log, options => options.Exporters.AddBlackhole("hole"));
        var rotel = host.Services.GetRequiredService<IRotel>();
        Assert.Contains(log.Lines, line => line.EventId == 5120
            && line.Message.Contains($"http://{rotel.StatusEndpoints[0]}/rotel/status", StringComparison.Ordinal));
        using var client = new StatusClient(rotel.StatusEndpoints[0]);

        foreach (var (host1, code) in new[]
        {
            ("localhost", 200), ("LOCALHOST:1", 200), ("127.0.0.1", 200), ("127.8.9.1:99", 200), ("[::1]:80", 200),
            ("evil.example.com", 403), ("localhost.evil.example.com", 403), ("10.0.0.1", 403), ("0.0.0.0", 403),
        })
        {
            using var answer = await client.SendAsync("/rotel/status", host: host1);
            Assert.True((int)answer.StatusCode == code, $"{host1}: {answer.StatusCode}");
        }

        using var head = await client.SendAsync("/rotel/status", "HEAD");
        Assert.Equal(200, (int)head.StatusCode);
        Assert.True(head.Content.Headers.ContentLength > 0);
        Assert.Equal("no-store", head.Headers.CacheControl?.ToString());
        Assert.Empty(await head.Content.ReadAsByteArrayAsync(Cancellation));
        using var post = await client.SendAsync("/rotel/status", "POST");
        Assert.Equal(405, (int)post.StatusCode);
        Assert.Equal(["GET", "HEAD"], post.Content.Headers.Allow);
        using var elsewhere = await client.SendAsync("/v1/traces", "POST");
        Assert.Equal(404, (int)elsewhere.StatusCode);
        Assert.False(elsewhere.Headers.Contains("Access-Control-Allow-Origin"));
    }

    /// <summary>Nothing of a probe's requests is an activity, and the server has no meter that anybody hears.</summary>
    [Fact]
    public async Task Endpoint_BeingAsked_ShowsInNoTelemetryOfTheHost()
    {
        using var log = new LogRecorder();
        using var host = await StartAsync(log, options => options.Exporters.AddBlackhole("hole"));
        using var client = new StatusClient(host.Services.GetRequiredService<IRotel>().StatusEndpoints[0]);
        var seen = new List<string>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Microsoft.AspNetCore",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStarted = activity =>
            {
                lock (seen)
                    seen.Add($"{activity.GetTagItem("url.path")}");
            },
        };
        ActivitySource.AddActivityListener(listener);

        await client.ReadAsync("/rotel/health");

        lock (seen)
            Assert.DoesNotContain("/rotel/health", seen);
        Assert.DoesNotContain(
            log.Lines, line => line.Level > LogLevel.Debug && line.Category.StartsWith("Rotel.Server", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Endpoint_ASocketOfTheFileSystem_IsForTheUserOnly()
    {
        using var files = new TestFiles();
        var socket = files.PathOf("status.sock");
        using var log = new LogRecorder();
        using var host = await StartAsync(log, options =>
        {
            options.Exporters.AddBlackhole("hole");
            options.StatusEndpoint = $"unix:{socket}";
        });
        using var client = new StatusClient(new UnixDomainSocketEndPoint(socket));

        var (code, json) = await client.ReadAsync("/rotel/status");

        Assert.Equal((200, "running"), (code, json.GetProperty("state").GetString()));
        using var other = await client.SendAsync("/rotel/status", host: "whatever.example.com");
        Assert.Equal(200, (int)other.StatusCode);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(socket));
    }

    [Fact]
    public async Task Endpoint_ThatIsTaken_KeepsRotelFromStartingAndIsNamed()
    {
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        taken.Listen();

        var exception = await Assert.ThrowsAsync<IOException>(() => RotelAgent.StartAsync(
            options =>
            {
                TestHost.UseShortTimes(options);
                options.Exporters.AddBlackhole("hole");
                options.StatusEndpoint = taken.LocalEndPoint!.ToString();
            },
            cancellationToken: Cancellation));

        Assert.Contains("ROTEL_STATUS_ENDPOINT", exception.Message, StringComparison.Ordinal);
        Assert.Contains("something else is there already", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0.0.0.0:13133", "0.0.0.0:13133 can be reached by other machines")]
    [InlineData("*:13133", "can be reached by other machines")]
    [InlineData("10.1.2.3:13133", "can be reached by other machines")]
    [InlineData("status.example.com:13133", "can be reached by other machines")]
    [InlineData("13133", "found no port")]
    [InlineData("http://localhost:13133", "without a scheme")]
    public void Setting_OfAnEndpointThatWillNotDo_IsAnErrorThatNamesItAndTheFix(string endpoint, string problem)
    {
        var error = Sources.ErrorOf(Sources.Environment("ROTEL_EXPORTER=blackhole", $"ROTEL_STATUS_ENDPOINT={endpoint}"));

        Assert.StartsWith("Rotel:StatusEndpoint (ROTEL_STATUS_ENDPOINT): ", error, StringComparison.Ordinal);
        Assert.Contains(problem, error, StringComparison.Ordinal);
        Assert.Contains("localhost:", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1:0", 1)]
    [InlineData("none", 0)]
    [InlineData(null, 0)]
    public async Task Setting_FromTheEnvironment_HasEffect(string? endpoint, int listeners)
    {
        string[] variables = ["ROTEL_EXPORTER=blackhole", "ROTEL_OTLP_GRPC_ENDPOINT=none", "ROTEL_OTLP_HTTP_ENDPOINT=127.0.0.1:0"];
        var plan = RotelConfiguration.Load(
            Sources.Environment(endpoint is null ? variables : [.. variables, $"ROTEL_STATUS_ENDPOINT={endpoint}"]));

        await using var agent = await RotelAgent.StartAsync(plan, loggerFactory: null, Cancellation);

        Assert.Equal(listeners, agent.StatusEndpoints.Count);
        foreach (var listener in agent.StatusEndpoints)
        {
            using var client = new StatusClient(listener);
            Assert.Equal(200, (await client.ReadAsync("/rotel/health")).Code);
        }
    }

    private static async Task<IHost> StartAsync(LogRecorder log, Action<RotelOptions> configure)
    {
        var host = TestHost.CreateBuilder(log, options =>
        {
            options.StatusEndpoint = "localhost:0";
            configure(options);
        }).Build();
        await host.StartAsync(Cancellation);
        return host;
    }

    private static async Task SendAsync(IRotel rotel, int items)
    {
        using var client = new HttpClient();
        using var content = new ByteArrayContent(new StandardLoad().Encode(OtlpSignal.Traces, items));
        content.Headers.ContentType = new("application/x-protobuf");
        using var response = await client.PostAsync(new Uri($"http://{rotel.HttpEndpoints[0]}/v1/traces"), content, Cancellation);
        response.EnsureSuccessStatusCode();
    }

    private static JsonElement Named(JsonElement list, string name) =>
        list.EnumerateArray().Single(element => element.GetProperty("name").GetString() == name);

    private static JsonElement OfTraces(JsonElement component) =>
        component.GetProperty("signals").EnumerateArray().Single(element => element.GetProperty("signal").GetString() == "traces");

    private static string Compact(JsonElement json) => JsonSerializer.Serialize(json);

    /// <summary>The name of every value, lists as their elements; of counts by reason only that they are there.</summary>
    private static IEnumerable<string> Paths(JsonElement json, string path)
    {
        var isCounts = path.EndsWith("dropped", StringComparison.Ordinal) || path.Contains("refused", StringComparison.Ordinal);
        return json.ValueKind switch
        {
            JsonValueKind.Object when !isCounts => json.EnumerateObject().SelectMany(
                property => Paths(property.Value, path.Length == 0 ? property.Name : $"{path}.{property.Name}")),
            JsonValueKind.Array when json.EnumerateArray().Any(element => element.ValueKind == JsonValueKind.Object) =>
                json.EnumerateArray().SelectMany(element => Paths(element, path)),
            JsonValueKind.Array when path is "receivers" or "pipelines.processors" => [],
            _ => [path],
        };
    }
}
