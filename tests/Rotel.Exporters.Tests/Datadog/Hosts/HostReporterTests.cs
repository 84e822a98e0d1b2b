using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Google.Protobuf;
using Microsoft.Extensions.Time.Testing;
using OpenTelemetry.Proto.Common.V1;
using OpenTelemetry.Proto.Resource.V1;
using Rotel.Datadog.TestKit;
using Rotel.Exporters.Datadog;
using Rotel.Exporters.Datadog.Hosts;
using Rotel.Exporters.Datadog.Intake;
using Rotel.Exporters.Datadog.Resources;
using Rotel.Otlp.Readers;
using Rotel.TestKit;

namespace Rotel.Exporters.Tests.Datadog.Hosts;

/// <summary>What Datadog is told of hosts, and when.</summary>
public sealed class HostReporterTests : IAsyncLifetime
{
    private static readonly string[] Empty = [];

    private DatadogServer _server = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _server = await DatadogServer.StartAsync(Cancellation);

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task Seen_ResourceWithAllThereIsToKnow_DescribesItAsTheCollectorDoes()
    {
        await using var bench = new Bench(_server, options => options.Tags["team"] = "checkout");
        bench.Seen(
            ("cloud.provider", "aws"), ("host.id", "i-0abc"), ("host.name", "ip-10-0-0-1.ec2.internal"), ("cloud.region", "eu-west-1"),
            ("cloud.availability_zone", "eu-west-1a"), ("k8s.cluster.name", "blue"), ("deployment.environment.name", "prod"),
            ("datadog.host.tag.rack", "r7"), ("datadog.ccrid", "arn:aws:ec2:1"),
            ("datadog.host.aliases", List("web-1", "web-1.example.com")),
            ("os.type", "linux"), ("os.description", "Debian 13"), ("host.arch", "arm64"), ("os.kernel.name", "Linux"),
            ("os.kernel.release", "6.12"), ("os.kernel.version", "#1 SMP"), ("host.cpu.vendor.id", "ARM"), ("host.cpu.model.name", "N1"),
            ("host.cpu.family", 8L), ("host.cpu.model.id", "3"), ("host.cpu.stepping", 1L), ("host.cpu.cache.l2.size", 1024L),
            ("host.ip", List("fe80::1", "10.0.0.1", "10.0.0.2")), ("host.mac", List("AC-DE-48-23-45-67", "AC-DE-48-23-45-68")));
        await bench.FlushAsync();

        var host = Assert.Single(_server.HostMetadata);
        Assert.Equal("i-0abc", host.GetProperty("internalHostname").GetString());
        Assert.Equal("rotel", host.GetProperty("agent-flavor").GetString());
        Assert.NotEqual("", host.GetProperty("otel_version").GetString());
        var meta = host.GetProperty("meta");
        Assert.Equal(
            ["ccrid=arn:aws:ec2:1", "ec2-hostname=ip-10-0-0-1.ec2.internal", "hostname=i-0abc", "instance-id=i-0abc"],
            Fields(meta, "host_aliases"));
        Assert.Equal(["web-1", "web-1.example.com"], Texts(meta.GetProperty("host_aliases")));
        Assert.Equal(
            ["cloud_provider:aws", "cluster_name:blue", "env:prod", "rack:r7", "region:eu-west-1", "team:checkout", "zone:eu-west-1a"],
            Texts(host.GetProperty("host-tags").GetProperty("otel")));
        var gohai = Gohai(host);
        Assert.Equal(
            [
                "GOOARCH=arm64", "GOOS=linux", "hardware_platform=arm64", "hostname=i-0abc", "kernel_name=Linux", "kernel_release=6.12",
                "kernel_version=#1 SMP", "machine=arm64", "os=Debian 13", "processor=arm64",
            ],
            Fields(gohai.GetProperty("platform")));
        Assert.Equal(
            ["cache_size=1024", "family=8", "model=3", "model_name=N1", "stepping=1", "vendor_id=ARM"], Fields(gohai.GetProperty("cpu")));
        Assert.Equal(
            ["ipaddress=10.0.0.1", "ipaddressv6=fe80::1", "macaddress=ac:de:48:23:45:67"], Fields(gohai.GetProperty("network")));
        var request = Assert.Single(_server.Requests);
        Assert.Equal("/intake", request.Path);
        Assert.DoesNotContain(_server.ApiKey, System.Text.Encoding.UTF8.GetString(request.Body), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Seen_ResourceWithoutAHost_DescribesThisMachine()
    {
        await using var bench = new Bench(_server, options => options.HostName = "mine");
        bench.Seen(("service.name", "checkout"));
        await bench.FlushAsync();

        var host = Assert.Single(_server.HostMetadata);
        Assert.Equal("mine", host.GetProperty("meta").GetProperty("hostname").GetString());
        Assert.Equal(Dns.GetHostName(), host.GetProperty("meta").GetProperty("socket-hostname").GetString());
        Assert.NotEqual("", Gohai(host).GetProperty("platform").GetProperty("GOOARCH").GetString());
        Assert.Equal(Empty, Fields(host.GetProperty("host-tags")));
    }

    [Fact]
    public async Task Seen_AnotherMachine_IsNotToldWhatIsTrueOfThisOne()
    {
        await using var bench = new Bench(_server);
        bench.Seen(("host.name", "other"));
        await bench.FlushAsync();

        var host = Assert.Single(_server.HostMetadata);
        Assert.Equal(["hostname=other"], Fields(host.GetProperty("meta")));
        Assert.Equal(["hostname=other"], Fields(Gohai(host).GetProperty("platform")));
    }

    [Theory]
    [InlineData("serverless")]
    [InlineData("unwanted")]
    [InlineData("off")]
    public async Task Seen_NothingToDescribe_SendsNothing(string why)
    {
        await using var bench = new Bench(_server, options => options.HostMetadata = why != "off");
        if (why == "serverless")
            bench.Seen(("aws.ecs.launchtype", "fargate"), ("aws.ecs.task.arn", "arn:aws:ecs:1"), ("host.name", "a"));
        else
            bench.Seen(("host.name", "a"), ("datadog.host.use_as_metadata", why != "unwanted"));
        await bench.FlushAsync();

        Assert.Empty(_server.Requests);
    }

    [Fact]
    public async Task Seen_AgainAndAgain_DescribesAtFirstAndEveryHalfHour()
    {
        await using var bench = new Bench(_server);
        for (var minute = 0; minute < 100; minute++)
        {
            bench.Seen(("host.name", "a"));
            await bench.FlushAsync();
            bench.Time.Advance(TimeSpan.FromMinutes(1));
        }

        // At 0, 30, 60 and 90 minutes.
        Assert.Equal(4, _server.HostMetadata.Count);
        Assert.Equal(1, bench.Reporter.Count);
    }

    [Fact]
    public async Task Seen_NoTelemetryAnyMore_DescribesNothingAndKeepsNoTimer()
    {
        await using var bench = new Bench(_server);
        bench.Seen(("host.name", "a"));
        await bench.FlushAsync();
        bench.Time.Advance(TimeSpan.FromHours(9));
        bench.Seen(("host.name", "b"));
        await _server.WaitUntilAsync(s => s.HostMetadata.Count == 2, "the second host", Cancellation);

        Assert.Equal(["a", "b"], _server.HostMetadata.Select(h => h.GetProperty("internalHostname").GetString()));
    }

    [Fact]
    public async Task Seen_SomethingNewOfAKnownHost_TellsAllThatIsKnownWithinMinutes()
    {
        await using var bench = new Bench(_server);
        bench.Seen(("host.name", "a"), ("deployment.environment.name", "prod"));
        await bench.FlushAsync();
        bench.Seen(("host.name", "a"), ("deployment.environment.name", "test"), ("os.type", "linux"));
        await bench.FlushAsync();
        Assert.Single(_server.HostMetadata);

        bench.Time.Advance(HostReporter.NewsInterval);
        await bench.FlushAsync();
        Assert.Equal(2, _server.HostMetadata.Count);
        var host = _server.HostMetadata[1];
        Assert.Equal(["env:prod", "env:test"], Texts(host.GetProperty("host-tags").GetProperty("otel")));
        Assert.Equal("linux", Gohai(host).GetProperty("platform").GetProperty("GOOS").GetString());
    }

    [Fact]
    public async Task Seen_TagIsNotSeenAnyMore_IsForgottenAfterAnHour()
    {
        await using var bench = new Bench(_server);
        bench.Seen(("host.name", "a"), ("datadog.host.tag.old", "1"));
        for (var i = 0; i < 4; i++)
        {
            bench.Seen(("host.name", "a"), ("datadog.host.tag.new", "2"));
            await bench.FlushAsync();
            bench.Time.Advance(HostReporter.Interval);
        }

        Assert.Equal(["new:2", "old:1"], Texts(_server.HostMetadata[1].GetProperty("host-tags").GetProperty("otel")));
        Assert.Equal(["new:2"], Texts(_server.HostMetadata[^1].GetProperty("host-tags").GetProperty("otel")));
    }

    [Fact]
    public async Task Seen_IntakeFails_TriesAgainWhenTelemetryComesLater()
    {
        _server.Script = _ => new DatadogReply(503);
        await using var bench = new Bench(_server);
        bench.Seen(("host.name", "a"));
        await bench.FlushAsync();
        Assert.Single(_server.Requests);
        Assert.Contains(bench.Log, line => line.Contains("could not describe a host", StringComparison.Ordinal));

        _server.Script = _ => null;
        bench.Seen(("host.name", "a"));
        bench.Seen(("host.name", "b"));
        bench.Time.Advance(HostReporter.Pause - TimeSpan.FromSeconds(1));
        bench.Seen(("host.name", "a"));
        Assert.Single(_server.Requests);

        bench.Time.Advance(TimeSpan.FromSeconds(1));
        bench.Seen(("host.name", "a"));
        bench.Seen(("host.name", "b"));
        await _server.WaitUntilAsync(s => s.HostMetadata.Count == 2, "both hosts", Cancellation);
    }

    [Fact]
    public async Task Seen_IntakeAsksToWait_WaitsAsLongForAllHosts()
    {
        _server.Script = _ => new DatadogReply(429) { RetryAfter = "600" };
        await using var bench = new Bench(_server);
        bench.Seen(("host.name", "a"));
        await bench.FlushAsync();
        _server.Script = _ => null;

        bench.Time.Advance(TimeSpan.FromSeconds(599));
        bench.Seen(("host.name", "a"));
        bench.Seen(("host.name", "b"));
        Assert.Single(_server.Requests);
        bench.Time.Advance(TimeSpan.FromSeconds(1));
        bench.Seen(("host.name", "b"));
        await _server.WaitUntilAsync(s => s.HostMetadata.Count == 1, "a host", Cancellation);
        Assert.Equal("b", _server.HostMetadata[0].GetProperty("internalHostname").GetString());
    }

    [Fact]
    public async Task Seen_KeyIsRefused_IsToldOnceAndTriedRarely()
    {
        await using var bench = new Bench(_server, options => options.ApiKey = "wrong");
        for (var second = 0; second < 50; second++)
        {
            bench.Seen(("host.name", $"{second}"));
            await bench.FlushAsync();
            bench.Time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Single(_server.Requests);
        Assert.Single(bench.Log, line => line.Contains(" 4200 ", StringComparison.Ordinal));
        Assert.DoesNotContain(bench.Log, line => line.Contains("describe a host", StringComparison.Ordinal));
        Assert.DoesNotContain(bench.Log, line => line.Contains("wrong\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Seen_MoreHostsThanAreDescribed_SaysSoAndTakesOthersWhenTheyAreGone()
    {
        await using var bench = new Bench(_server);
        for (var i = 0; i < HostReporter.MaxHosts + 10; i++)
            bench.Seen(("host.name", $"host-{i}"));
        await bench.FlushAsync();
        Assert.Equal(HostReporter.MaxHosts, bench.Reporter.Count);
        Assert.Equal(HostReporter.MaxHosts, _server.HostMetadata.Count);
        Assert.Single(bench.Log, line => line.Contains($"describes {HostReporter.MaxHosts} hosts", StringComparison.Ordinal));

        bench.Time.Advance(2 * HostReporter.Interval);
        bench.Seen(("host.name", "another"));
        await bench.FlushAsync();
        Assert.Equal(1, bench.Reporter.Count);
        Assert.Equal("another", _server.HostMetadata[^1].GetProperty("internalHostname").GetString());
    }

    [Fact]
    public async Task Seen_ValuesWithoutEnd_AreBoundedAndPaidFor()
    {
        await using var bench = new Bench(_server);
        var attributes = Enumerable.Range(0, 500).Select(i => ($"datadog.host.tag.t{i}", (object)new string('x', 10_000)))
            .Append(("host.name", "a")).Append(("datadog.host.aliases", List([.. Enumerable.Range(0, 500).Select(i => $"alias-{i}")])))
            .Append(("os.description", new string('y', 10_000)));
        bench.Seen([.. attributes]);
        Assert.InRange(bench.Reserved, 50_000, 200_000);
        await bench.FlushAsync();

        var host = Assert.Single(_server.HostMetadata);
        Assert.Equal(100, host.GetProperty("host-tags").GetProperty("otel").GetArrayLength());
        Assert.Equal(20, host.GetProperty("meta").GetProperty("host_aliases").GetArrayLength());
        Assert.Equal(255, Gohai(host).GetProperty("platform").GetProperty("os").GetString()!.Length);
    }

    [Fact]
    public async Task Seen_KnownResource_AllocatesNothing()
    {
        await using var bench = new Bench(_server);
        var wire = Wire(("host.name", "a"), ("deployment.environment.name", "prod"));
        var resource = bench.Catalog.Of(ResourceReader.Read(wire));
        bench.Reporter.Seen(resource, ResourceReader.Read(wire));
        await bench.FlushAsync();
        bench.Reporter.Seen(resource, ResourceReader.Read(wire));

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
            bench.Reporter.Seen(resource, ResourceReader.Read(wire));
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public async Task Seen_HostsWithMoreToKnowThanThereIsRoomFor_TakeAPartOfTheMemoryOnly()
    {
        await using var bench = new Bench(_server);
        var tags = Enumerable.Range(0, 100).Select(i => ($"datadog.host.tag.t{i}", (object)new string('x', 250))).ToArray();

        for (var i = 0; i < 300; i++)
            bench.Seen([("host.name", $"host-{i}"), .. tags]);

        Assert.InRange(bench.Reserved, 1, 200 * 1024 + (256 * 1024 * 1024 / 32));
        Assert.Contains("4231", Assert.Single(bench.Log), StringComparison.Ordinal);
    }

    /// <summary>What is kept of resources is the catalog's to bound, and not 64 of each of 2,000 hosts.</summary>
    [Fact]
    public async Task Seen_ResourceTheCatalogHasForgotten_IsNotKept()
    {
        await using var bench = new Bench(_server);

        // Too large for the catalog to keep.
        var resource = SeeOnce(bench, Wire(("host.name", "a"), ("long", new string('x', ResourceCache.MaxResourceBytes))));
        GC.Collect();
        Assert.False(resource.IsAlive);

        [MethodImpl(MethodImplOptions.NoInlining)]
        static WeakReference SeeOnce(Bench bench, byte[] wire) => new(bench.Catalog.Of(ResourceReader.Read(wire)));
    }

    [Fact]
    public async Task Dispose_RequestHangs_EndsIt()
    {
        _server.Script = _ => DatadogReply.Never;
        var bench = new Bench(_server);
        bench.Seen(("host.name", "a"));
        await _server.WaitForRequestsAsync(1, Cancellation);
        await Watchdog.WaitAsync(bench.DisposeAsync().AsTask(), "the reporter's end", Cancellation);
    }

    private static string[] Fields(JsonElement parent, string? except = null) =>
    [
        .. parent.EnumerateObject().Where(field => field.Name != except)
            .Select(field => $"{field.Name}={field.Value.GetString()}").Order(StringComparer.Ordinal),
    ];

    private static string[] Texts(JsonElement list) => [.. list.EnumerateArray().Select(text => text.GetString()!)];

    private static JsonElement Gohai(JsonElement host) => JsonElement.Parse(host.GetProperty("gohai").GetString()!);

    private static AnyValue List(params IEnumerable<string> texts) =>
        new() { ArrayValue = new ArrayValue { Values = { texts.Select(text => new AnyValue { StringValue = text }) } } };

    private static byte[] Wire(params (string Key, object Value)[] attributes) => new Resource
    {
        Attributes =
        {
            attributes.Select(attribute => new KeyValue
            {
                Key = attribute.Key,
                Value = attribute.Value switch
                {
                    string text => new AnyValue { StringValue = text },
                    long number => new AnyValue { IntValue = number },
                    bool flag => new AnyValue { BoolValue = flag },
                    var value => (AnyValue)value,
                },
            }),
        },
    }.ToByteArray();

    /// <summary>A reporter, and what it works with.</summary>
    private sealed class Bench : IAsyncDisposable
    {
        private readonly ExporterBench _bench;
        private readonly DatadogClient _client;

        public Bench(DatadogServer server, Action<DatadogExporterOptions>? configure = null)
        {
            _bench = new ExporterBench(Time);
            var options = new DatadogExporterOptions { CustomEndpoint = server.Endpoint, ApiKey = server.ApiKey };
            configure?.Invoke(options);
            _client = new DatadogClient(options, _bench.Context);
            Reporter = new HostReporter(_client, options, _bench.Context, ResourceCatalog.HostOf(options));
            Catalog = new ResourceCatalog(options, _bench.Context.Pool, hosts: Reporter);
        }

        public FakeTimeProvider Time { get; } = new();

        public ResourceCatalog Catalog { get; }

        public HostReporter Reporter { get; }

        public IEnumerable<string> Log => _bench.Log.Lines;

        public long Reserved => _bench.Budget.Reserved;

        /// <summary>As encoders do with each resource of a request.</summary>
        public void Seen(params (string Key, object Value)[] attributes)
        {
            Catalog.Of(ResourceReader.Read(Wire(attributes)));
        }

        public Task FlushAsync() => Watchdog.WaitAsync(Reporter.FlushAsync(Cancellation).AsTask(), "the flush", Cancellation);

        public async ValueTask DisposeAsync()
        {
            await Reporter.DisposeAsync();
            _client.Dispose();
            Assert.Equal(0, _bench.Budget.Reserved);
            _bench.Dispose();
        }
    }
}
