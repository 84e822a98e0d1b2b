using System.Globalization;
using Google.Protobuf;
using Microsoft.Extensions.Time.Testing;
using Rotel.Datadog.TestKit;
using Rotel.Datadog.TestKit.Metrics;
using Rotel.Exporters.Datadog;
using Rotel.Exporters.Datadog.Intake;

namespace Rotel.Exporters.Tests.Datadog.Intake;

/// <summary>What requests look like, and what answers mean.</summary>
public sealed class DatadogClientTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(DatadogCompression.Gzip, "gzip")]
    [InlineData(DatadogCompression.Zstd, "zstd")]
    [InlineData(DatadogCompression.None, null)]
    public async Task Send_Series_ArrivesWithKeyAndCoding(DatadogCompression compression, string? coding)
    {
        await using var server = await DatadogServer.StartAsync(Cancellation);
        using var bench = new Bench(server, options => options.Compression = compression);

        var answer = await bench.SendAsync(DatadogIntake.Series, Series("a"));

        Assert.Equal(new DatadogAnswer(DatadogAnswerKind.Delivered), answer);
        Assert.Equal("a", Assert.Single(server.Series).Metric);
        var request = Assert.Single(server.Requests);
        Assert.Equal(coding, request.ContentEncoding);
        Assert.Equal(server.ApiKey, request.Headers["DD-API-KEY"]);
        Assert.StartsWith("Rotel-dotnet/", request.Headers["User-Agent"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Traces", "/api/v0.2/traces", "application/x-protobuf", "zstd")]
    [InlineData("Sketches", "/api/beta/sketches", "application/x-protobuf", "zstd")]
    [InlineData("Logs", "/api/v2/logs", "application/json", "zstd")]
    [InlineData("HostMetadata", "/intake", "application/json", "zstd")]
    [InlineData("Stats", "/api/v0.2/stats", "application/msgpack", "gzip")]
    public async Task Send_ToAnIntake_IsInItsForm(string name, string path, string contentType, string coding)
    {
        await using var server = await DatadogServer.StartAsync(Cancellation);
        using var bench = new Bench(server, options => options.Compression = DatadogCompression.Zstd);
        var intake = Enum.Parse<DatadogIntake>(name);
        byte[] empty = intake switch
        {
            DatadogIntake.Logs => [.. "[]"u8],
            DatadogIntake.HostMetadata => [.. "{}"u8],
            DatadogIntake.Stats => [0x80],
            _ => [],
        };

        Assert.True((await bench.SendAsync(intake, empty)).IsDelivered);

        var request = Assert.Single(server.Kept);
        Assert.Equal((path, contentType, coding), (request.Path, request.Headers["Content-Type"], request.ContentEncoding));
    }

    [Theory]
    [InlineData(200, DatadogAnswerKind.Delivered)]
    [InlineData(202, DatadogAnswerKind.Delivered)]
    [InlineData(301, DatadogAnswerKind.Rejected)]
    [InlineData(400, DatadogAnswerKind.Rejected)]
    [InlineData(404, DatadogAnswerKind.Rejected)]
    [InlineData(408, DatadogAnswerKind.Retry)]
    [InlineData(413, DatadogAnswerKind.TooLarge)]
    [InlineData(422, DatadogAnswerKind.Rejected)]
    [InlineData(429, DatadogAnswerKind.Retry)]
    [InlineData(500, DatadogAnswerKind.Retry)]
    [InlineData(503, DatadogAnswerKind.Retry)]
    public async Task Send_Answered_MeansWhatTheStatusSays(int status, object kind)
    {
        await using var server = await DatadogServer.StartAsync(Cancellation);
        server.Script = _ => new DatadogReply(status, """{"errors":["what is wrong"]}""");
        using var bench = new Bench(server);

        var answer = await bench.SendAsync(DatadogIntake.Series, Series("a"));

        Assert.Equal(kind, answer.Kind);
        if (answer.IsDelivered)
            Assert.Null(answer.Message);
        else
            Assert.StartsWith($"HTTP {status} from {server.Endpoint}api/v2/series: {{\"errors\":[\"what is wrong\"]}}", answer.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_Redirected_IsNotFollowed()
    {
        await using var other = await DatadogServer.StartAsync(Cancellation);
        await using var server = await DatadogServer.StartAsync(Cancellation);
        server.Script = _ => new DatadogReply(307)
        {
            Headers = new Dictionary<string, string> { ["Location"] = new Uri(other.Endpoint, "/api/v2/series").AbsoluteUri },
        };
        using var bench = new Bench(server);

        var answer = await bench.SendAsync(DatadogIntake.Series, Series("a"));

        Assert.Equal(DatadogAnswerKind.Rejected, answer.Kind);
        Assert.Contains("redirects are not followed", answer.Message, StringComparison.Ordinal);
        Assert.Empty(other.Requests);
    }

    [Theory]
    [InlineData("Retry-After", "7", 7)]
    [InlineData("X-RateLimit-Reset", "9", 9)]
    [InlineData("X-RateLimit-Reset", "soon", null)]
    public async Task Send_TooManyRequests_AsksToWait(string header, string value, int? seconds)
    {
        await using var server = await DatadogServer.StartAsync(Cancellation);
        server.Script = _ => new DatadogReply(429) { Headers = new Dictionary<string, string> { [header] = value } };
        using var bench = new Bench(server);

        var answer = await bench.SendAsync(DatadogIntake.Series, Series("a"));

        Assert.Equal(DatadogAnswerKind.Retry, answer.Kind);
        Assert.Equal(seconds is { } wait ? TimeSpan.FromSeconds(wait) : null, answer.RetryAfter);
    }

    [Fact]
    public async Task Send_ConnectionReset_IsToBeTriedAgain()
    {
        await using var server = await DatadogServer.StartAsync(Cancellation);
        server.Script = _ => DatadogReply.Reset;
        using var bench = new Bench(server);

        var answer = await bench.SendAsync(DatadogIntake.Series, Series("a"));

        Assert.Equal(DatadogAnswerKind.Retry, answer.Kind);
        Assert.Null(answer.RetryAfter);
        Assert.StartsWith($"{server.Endpoint}api/v2/series: ", answer.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_Hangs_EndsWithTheAttempt()
    {
        await using var server = await DatadogServer.StartAsync(Cancellation);
        server.Script = _ => DatadogReply.Never;
        using var bench = new Bench(server);
        using var attempt = new CancellationTokenSource();

        var sending = bench.SendAsync(DatadogIntake.Series, Series("a"), attempt.Token);
        await server.WaitForRequestsAsync(1, Cancellation);
        await attempt.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(403)]
    [InlineData(500)]
    public async Task Send_AnswerRepeatsTheKey_IsShownWithoutIt(int status)
    {
        await using var server = await DatadogServer.StartAsync(Cancellation);
        server.Script = request => new DatadogReply(status, $"key {request.Headers["DD-API-KEY"]} has trouble");
        using var bench = new Bench(server);

        var answer = await bench.SendAsync(DatadogIntake.Series, Series("a"));

        Assert.Contains("key *** has trouble", answer.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(server.ApiKey, string.Join('\n', [.. bench.Log, bench.Client.Problem ?? ""]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_KeyRefused_IsSaidOnceAndTriedOnceAMinute()
    {
        await using var server = await DatadogServer.StartAsync(Cancellation);
        using var bench = new Bench(server, options => options.ApiKey = "ffffffffffffffffffffffffffffffff");

        var first = await bench.SendAsync(DatadogIntake.Series, Series("a"));
        bench.Time.Advance(TimeSpan.FromSeconds(20));
        var second = await bench.SendAsync(DatadogIntake.Series, Series("b"));

        Assert.Equal((DatadogAnswerKind.Retry, TimeSpan.FromSeconds(60)), (first.Kind, first.RetryAfter));
        Assert.Equal((DatadogAnswerKind.Retry, TimeSpan.FromSeconds(40)), (second.Kind, second.RetryAfter));
        Assert.Single(server.Requests);
        bench.Time.Advance(TimeSpan.FromSeconds(40));
        await bench.SendAsync(DatadogIntake.Series, Series("a"));
        var fourth = await bench.SendAsync(DatadogIntake.Series, Series("b"));
        await bench.SendAsync(DatadogIntake.Logs, [.. "[]"u8]);
        Assert.Equal(3, server.Requests.Count);
        Assert.Equal(TimeSpan.FromSeconds(60), fourth.RetryAfter);

        var said = Assert.Single(bench.Log);
        Assert.StartsWith("Error 4200 ", said, StringComparison.Ordinal);
        Assert.Contains("api_key", said, StringComparison.Ordinal);
        Assert.Contains("region", said, StringComparison.Ordinal);
        Assert.Contains("api_key and region", bench.Client.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_KeyIsTakenAgain_ClearsTheProblemAndSaysSo()
    {
        await using var server = await DatadogServer.StartAsync(Cancellation);
        server.Script = _ => DatadogReply.Forbidden;
        using var bench = new Bench(server);
        await bench.SendAsync(DatadogIntake.Series, Series("a"));
        server.Script = _ => null;
        bench.Time.Advance(KeyRefusals.ProbeInterval);

        Assert.True((await bench.SendAsync(DatadogIntake.Series, Series("b"))).IsDelivered);
        Assert.True((await bench.SendAsync(DatadogIntake.Series, Series("c"))).IsDelivered);

        Assert.Null(bench.Client.Problem);
        Assert.Equal(["Error 4200", "Information 4201"], bench.Log.Select(line => string.Join(' ', line.Split(' ').Take(2))));
    }

    [Fact]
    public async Task Send_OneIntakeRefuses_DoesNotKeepTheOthersBack()
    {
        await using var server = await DatadogServer.StartAsync(Cancellation);
        server.Script = request => request.Path == DatadogPaths.Logs ? DatadogReply.Forbidden : null;
        using var bench = new Bench(server);
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(DatadogAnswerKind.Retry, (await bench.SendAsync(DatadogIntake.Logs, [.. "[]"u8])).Kind);
            Assert.True((await bench.SendAsync(DatadogIntake.Series, Series("a"))).IsDelivered);
            Assert.Equal(DatadogAnswerKind.Retry, (await bench.SendAsync(DatadogIntake.Logs, [.. "[]"u8])).Kind);
            Assert.True((await bench.SendAsync(DatadogIntake.Series, Series("b"))).IsDelivered);
            bench.Time.Advance(KeyRefusals.ProbeInterval);
        }

        Assert.Equal(3, server.Requests.Count(request => request.Path == DatadogPaths.Logs));
        Assert.Single(bench.Log);
        Assert.NotNull(bench.Client.Problem);
    }

    [Fact]
    public async Task Send_ProbeGetsNoAnswer_IsRepeatedAMinuteLater()
    {
        await using var server = await DatadogServer.StartAsync(Cancellation);
        server.Script = _ => DatadogReply.Forbidden;
        using var bench = new Bench(server);
        await bench.SendAsync(DatadogIntake.Series, Series("a"));
        server.Script = _ => DatadogReply.Reset;
        bench.Time.Advance(KeyRefusals.ProbeInterval);
        Assert.Null((await bench.SendAsync(DatadogIntake.Series, Series("a"))).RetryAfter);
        Assert.NotNull((await bench.SendAsync(DatadogIntake.Series, Series("a"))).RetryAfter);

        server.Script = _ => null;
        bench.Time.Advance(KeyRefusals.ProbeInterval);
        Assert.True((await bench.SendAsync(DatadogIntake.Series, Series("a"))).IsDelivered);
    }

    [Theory]
    [InlineData(" {0}\n")]
    [InlineData("{0}\r\n")]
    public async Task Send_KeyWithSpaceAroundIt_IsSentWithout(string key)
    {
        await using var server = await DatadogServer.StartAsync(Cancellation);
        using var bench = new Bench(server, options => options.ApiKey = string.Format(CultureInfo.InvariantCulture, key, server.ApiKey));

        Assert.True((await bench.SendAsync(DatadogIntake.Series, Series("a"))).IsDelivered);
    }

    private static byte[] Series(string name) => new MetricPayload { Series = { new MetricSeries { Metric = name } } }.ToByteArray();

    /// <summary>A client, and what it works with.</summary>
    private sealed class Bench : IDisposable
    {
        private readonly ExporterBench _bench;

        public Bench(DatadogServer server, Action<DatadogExporterOptions>? configure = null)
        {
            _bench = new ExporterBench(Time);
            var options = new DatadogExporterOptions { CustomEndpoint = server.Endpoint, ApiKey = server.ApiKey };
            configure?.Invoke(options);
            Client = new DatadogClient(options, _bench.Context);
        }

        public FakeTimeProvider Time { get; } = new();

        public DatadogClient Client { get; }

        public IEnumerable<string> Log => _bench.Log.Lines;

        public async Task<DatadogAnswer> SendAsync(DatadogIntake intake, byte[] body, CancellationToken? cancellation = null)
        {
            using var compressed = Client.Compress(intake, body);
            return await Client.SendAsync(intake, compressed, cancellation ?? Cancellation);
        }

        public void Dispose()
        {
            Client.Dispose();
            Assert.Equal(0, _bench.Budget.Reserved);
            _bench.Dispose();
        }
    }
}
