using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;
using Microsoft.Extensions.Logging.Abstractions;
using Rotel.Configuration;
using Rotel.DeadLetters;
using Rotel.Otlp;
using Rotel.TestKit;
using Rotel.TestKit.Backends;
using Rotel.TestKit.Telemetry;

namespace Rotel.Agent.Tests.Replay;

/// <summary>What a backend refuses for good is kept, and <c>rotel replay</c> brings it there later: all of it, and nothing else.</summary>
public sealed class ReplayCommandTests : IAsyncLifetime
{
    private readonly string _root = Directory.CreateTempSubdirectory("rotel-replay-").FullName;
    private readonly StandardLoad _load = new();
    private OtlpBackend _backend = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Folder => Path.Combine(_root, "letters");

    private string[] Destination =>
    [
        "--exporters=vendor:otlp", $"--exporter-vendor-endpoint={_backend.HttpEndpoint}", "--exporter-vendor-protocol=http",
        "--otlp-receiver-profiles-enabled=true",
    ];

    public async ValueTask InitializeAsync() => _backend = await OtlpBackend.StartAsync(Cancellation);

    public async ValueTask DisposeAsync()
    {
        await _backend.DisposeAsync();
        Directory.Delete(_root, recursive: true);
    }

    [Theory]
    [InlineData(OtlpSignal.Traces)]
    [InlineData(OtlpSignal.Metrics)]
    [InlineData(OtlpSignal.Logs)]
    [InlineData(OtlpSignal.Profiles)]
    public async Task Refused_ThenReplayed_ArrivesAsItWas(OtlpSignal signal)
    {
        _backend.Script.Otherwise(BackendBehaviour.Status(400));
        var request = signal == OtlpSignal.Profiles ? NonEmpty(signal) : _load.Next(signal);
        await RejectAsync((signal, request));
        var refused = Assert.Single(_backend.Requests).Message;
        Assert.Equal(request, refused);
        Assert.Contains($"\"signal\":\"{signal.Name()}\",\"exporter\":\"vendor\",", Assert.Single(Lines()), StringComparison.Ordinal);

        _backend.Script.Otherwise(BackendBehaviour.Accept);
        var run = await ReplayAsync();

        Assert.Equal($"{OtlpItems.Count(request)} items delivered, 0 kept\n", run.Output.ReplaceLineEndings("\n"));
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(2, _backend.Requests.Count);
        Assert.Equal(refused, _backend.Requests[1].Message);
        Assert.Empty(Directory.GetFiles(Folder));
    }

    [Fact]
    public async Task Replay_SomeAreRefusedAgain_KeepsThoseOnly()
    {
        _backend.Script.Otherwise(BackendBehaviour.Status(400));
        await RejectAsync([.. Enumerable.Range(0, 6).Select(i => (OtlpSignal.Traces, (IMessage)_load.Traces(spans: i + 1)))]);
        var refused = Lines();
        Assert.Equal(6, refused.Length);

        _backend.Script.Otherwise(request => request.ItemCount % 2 == 0 ? BackendBehaviour.Status(400) : BackendBehaviour.Accept);
        var run = await ReplayAsync();

        Assert.Equal(1, run.ExitCode);
        Assert.Equal("9 items delivered, 12 kept", run.Output.Trim());
        Assert.Contains("and 2 more: HTTP 400", run.Error, StringComparison.Ordinal);
        Assert.Equal(refused.Where((_, i) => i % 2 == 1), Lines());

        _backend.Script.Otherwise(BackendBehaviour.Accept);
        run = await ReplayAsync();
        Assert.Equal((0, "12 items delivered, 0 kept"), (run.ExitCode, run.Output.Trim()));
        Assert.Empty(Directory.GetFiles(Folder));
        Assert.All(_backend.Items(OtlpSignal.Traces), item => Assert.Equal(1, item.Value));
        Assert.Equal(21, _backend.Items(OtlpSignal.Traces).Count);
    }

    [Fact]
    public async Task Replay_LinesThatCannotBeSent_StayAsTheyAre()
    {
        _backend.Script.Otherwise(BackendBehaviour.Status(400));
        await RejectAsync((OtlpSignal.Traces, _load.Traces(spans: 3)));
        var file = Assert.Single(Directory.GetFiles(Folder));
        var good = Assert.Single(Lines());
        string[] bad = [good.Replace("\"vendor\"", "\"gone\"", StringComparison.Ordinal), "{\"half\":", good[..^20]];
        File.WriteAllText(file, string.Join('\n', [bad[0], bad[1], "", good, bad[2]]));

        _backend.Script.Otherwise(BackendBehaviour.Accept);
        var run = await ReplayAsync();

        Assert.Equal((1, "3 items delivered, 3 kept"), (run.ExitCode, run.Output.Trim()));
        Assert.Contains("no exporter 'gone' takes traces (3 items kept)", run.Error, StringComparison.Ordinal);
        Assert.Contains("and 1 more: the line cannot be sent: it is not valid JSON", run.Error, StringComparison.Ordinal);
        Assert.Equal(bad, Lines());

        run = await ReplayAsync("--to", "vendor");
        Assert.Equal((1, "3 items delivered, 0 kept"), (run.ExitCode, run.Output.Trim()));
        Assert.Equal(bad[1..], Lines());
    }

    [Theory]
    [InlineData("partial")]
    [InlineData("away")]
    public async Task Replay_NotAllOfItArrives_KeepsIt(string how)
    {
        _backend.Script.Otherwise(BackendBehaviour.Status(400));
        await RejectAsync((OtlpSignal.Logs, _load.Logs(records: 5)));

        _backend.Script.Otherwise(how == "partial" ? BackendBehaviour.PartialSuccess(2, "two too many") : BackendBehaviour.Status(503));
        var run = await ReplayAsync("--exporter-retry-initial-backoff=10ms", "--exporter-retry-max-elapsed-time=50ms");

        Assert.Equal((1, "0 items delivered, 5 kept"), (run.ExitCode, run.Output.Trim()));
        Assert.Contains(how == "partial" ? "two too many" : "503", run.Error, StringComparison.Ordinal);
        Assert.Single(Lines());
    }

    [Fact]
    public async Task Replay_BackendTakesLessAtOnceNow_CutsTheLines()
    {
        _backend.Script.Otherwise(BackendBehaviour.Status(400));
        await RejectAsync((OtlpSignal.Traces, _load.Traces(spans: 20)));

        _backend.Script.Otherwise(request => request.ItemCount > 6 ? BackendBehaviour.Status(413) : BackendBehaviour.Accept);
        var run = await ReplayAsync();

        Assert.Equal((0, "20 items delivered, 0 kept"), (run.ExitCode, run.Output.Trim()));
        Assert.Equal(20, _backend.Items(OtlpSignal.Traces).Count);
    }

    [Fact]
    public async Task Replay_WhileAnotherRotelWrites_LosesAndRepeatsNothing()
    {
        _backend.Script.Otherwise(BackendBehaviour.Status(400));
        const int Requests = 60;
        var agent = await StartAsync();
        await using (agent)
        {
            var replaying = Task.CompletedTask;
            for (var i = 0; i < Requests; i++)
            {
                await PostAsync(agent, OtlpSignal.Traces, _load.Traces(spans: 1));
                if (i == 20)
                    replaying = ReplayAllTheTimeAsync(agent);
            }

            await agent.FlushAsync(Cancellation);
            await replaying;
        }

        _backend.Script.Otherwise(BackendBehaviour.Accept);
        await ReplayAsync();
        Assert.Equal(Requests, _backend.Items(OtlpSignal.Traces).Count);
        Assert.All(_backend.Items(OtlpSignal.Traces), item => Assert.Equal(1, item.Value));
        Assert.Empty(Directory.GetFiles(Folder));
    }

    [Fact]
    public async Task Replay_Killed_LosesNothing()
    {
        _backend.Script.Otherwise(BackendBehaviour.Status(400));
        await RejectAsync([.. Enumerable.Range(0, 8).Select(i => (OtlpSignal.Traces, (IMessage)_load.Traces(spans: 2)))]);
        var before = _backend.Requests.Count;
        var taken = 0;
        _backend.Script.Otherwise(_ => Interlocked.Increment(ref taken) > 3 ? BackendBehaviour.NeverAnswer : BackendBehaviour.Accept);
        using (var process = new RotelProcess(["replay", Folder, .. Destination, "--exporter-vendor-max-concurrent-requests=1"]))
            await _backend.WaitUntilAsync(backend => backend.Requests.Count >= before + 4, "four requests", Cancellation);

        _backend.Script.Otherwise(BackendBehaviour.Accept);
        var run = await ReplayAsync();

        Assert.Equal(0, run.ExitCode);
        Assert.Equal(16, _backend.Items(OtlpSignal.Traces).Count);
        Assert.Empty(Directory.GetFiles(Folder));
    }

    [Fact]
    public async Task Replay_Interrupted_KeepsWhatIsNotThere()
    {
        _backend.Script.Otherwise(BackendBehaviour.Status(400));
        await RejectAsync([.. Enumerable.Range(0, 8).Select(i => (OtlpSignal.Traces, (IMessage)_load.Traces(spans: 2)))]);
        var before = _backend.Requests.Count;
        var taken = 0;
        _backend.Script.Otherwise(_ => Interlocked.Increment(ref taken) > 3 ? BackendBehaviour.NeverAnswer : BackendBehaviour.Accept);
        using (var process = new RotelProcess(["replay", Folder, .. Destination, "--exporter-vendor-max-concurrent-requests=1"]))
        {
            await _backend.WaitUntilAsync(backend => backend.Requests.Count >= before + 4, "four requests", Cancellation);
            Assert.Equal(1, await process.EndAsync(RotelProcess.Sigint));
        }

        Assert.Equal(5, Lines().Length);
        _backend.Script.Otherwise(BackendBehaviour.Accept);
        Assert.Equal((0, "10 items delivered, 0 kept"), await ReplayAsync() is var run ? (run.ExitCode, run.Output.Trim()) : default);
        Assert.All(_backend.Items(OtlpSignal.Traces), item => Assert.Equal(1, item.Value));
    }

    [Theory]
    [InlineData("expected the directory")]
    [InlineData("there is no directory", "nowhere", "--exporter=blackhole")]
    [InlineData("--to: expected", ".", "--to")]
    [InlineData("--to: no exporter", ".", "--to=nobody", "--exporter=blackhole")]
    [InlineData("--exporter-nobody-endpoint", ".", "--exporter=blackhole", "--exporter-nobody-endpoint=x")]
    public async Task Replay_WrongUsage_IsSaid(string expected, params string[] arguments)
    {
        var error = new StringWriter();
        Assert.Equal(2, await RotelCommand.RunAsync(["replay", .. arguments], new StringWriter(), error));
        Assert.Contains(expected, error.ToString(), StringComparison.Ordinal);
    }

    private static IMessage NonEmpty(OtlpSignal signal)
    {
        for (var seed = 0; ; seed++)
        {
            var request = new TelemetryGenerator(seed).Request(signal);
            if (OtlpItems.Count(request) > 0)
                return request;
        }
    }

    private static async Task PostAsync(RotelAgent agent, OtlpSignal signal, IMessage request)
    {
        using var client = new HttpClient();
        using var content = new ByteArrayContent(request.ToByteArray());
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
        var response = await client.PostAsync(
            new Uri($"http://127.0.0.1:{((IPEndPoint)agent.HttpEndpoints[0]).Port}{signal.HttpPath()}"), content, Cancellation);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private string[] Lines() =>
        [.. DeadLetterFiles.Find(Folder).SelectMany(file => File.ReadAllLines(file.FullName)).Where(line => line.Length > 0)];

    private Task<RotelAgent> StartAsync()
    {
        string[] flags =
        [
            .. Destination, "--otlp-grpc-endpoint=127.0.0.1:0", "--otlp-http-endpoint=127.0.0.1:0", "--batch-timeout=0s",
            $"--dead-letter-directory={Folder}", "--exporter-vendor-max-concurrent-requests=1",
        ];
        return RotelAgent.StartAsync(RotelConfiguration.Load(RotelSources.OfCommand(flags)), NullLoggerFactory.Instance, Cancellation);
    }

    /// <summary>Has a Rotel keep requests as dead letters, one line for each, in order.</summary>
    private async Task RejectAsync(params (OtlpSignal Signal, IMessage Request)[] requests)
    {
        await using var agent = await StartAsync();
        foreach (var (signal, request) in requests)
            await PostAsync(agent, signal, request);
    }

    private async Task ReplayAllTheTimeAsync(RotelAgent agent)
    {
        _backend.Script.Otherwise(request =>
            request.Headers.TryGetValue("x-replay", out _) ? BackendBehaviour.Accept : BackendBehaviour.Status(400));
        for (var i = 0; i < 10; i++)
            await ReplayAsync("--exporter-vendor-custom-headers=x-replay=1");
        Assert.True(agent.IsEnabled);
    }

    private async Task<(int ExitCode, string Output, string Error)> ReplayAsync(params string[] flags)
    {
        var output = new StringWriter();
        var error = new StringWriter();
        var exit = await Watchdog.WaitAsync(
            RotelCommand.RunAsync(["replay", Folder, .. Destination, .. flags], output, error),
            "the replay",
            Cancellation);
        return (exit, output.ToString(), error.ToString());
    }
}
