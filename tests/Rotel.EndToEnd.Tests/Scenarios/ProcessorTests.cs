using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;
using OpenTelemetry.Proto.Collector.Logs.V1;
using OpenTelemetry.Proto.Collector.Metrics.V1;
using OpenTelemetry.Proto.Collector.Trace.V1;
using OpenTelemetry.Proto.Common.V1;
using OpenTelemetry.Proto.Resource.V1;
using OpenTelemetry.Proto.Trace.V1;
using Rotel.Otlp;
using Rotel.Processors.Filtering;
using Rotel.Processors.Typed;
using Rotel.TestKit;
using Rotel.TestKit.Backends;
using Rotel.TestKit.Telemetry;

namespace Rotel.EndToEnd;

/// <summary>Processors between real senders and a real backend.</summary>
public sealed class ProcessorTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>
    /// Built-in ones, methods and objects, in one chain, over every way in; against the same edits made of what the SDK sends directly.
    /// </summary>
    [Theory]
    [InlineData(SdkRoute.Grpc)]
    [InlineData(SdkRoute.HttpProtobuf)]
    [InlineData(SdkRoute.HandOff)]
    public async Task Telemetry_ThroughAChain_ArrivesAsTheEditsMakeItAndNotOtherwise(SdkRoute route)
    {
        await using var oracle = await OtlpBackend.StartAsync(Token);
        await using var backend = await OtlpBackend.StartAsync(Token);
        await using var agent = await TestAgent.StartAsync(rotel =>
        {
            rotel.SendTo(backend);
            rotel.Processors.AddResource("team", o => o.Actions.Upsert("team", "payments"));
            rotel.Traces.Process(resourceSpans => Mark(resourceSpans.Resource, "first"));
            rotel.Traces.Process(new Second());
            rotel.Metrics.Process((resourceMetrics, _) =>
            {
                Mark(resourceMetrics.Resource, "metrics");
                return ValueTask.CompletedTask;
            });
            rotel.Processors.AddRename("names", o => o.SpanNamePatterns.Add(new("^", "x ")));
            rotel.Logs.Process(resourceLogs => Mark(resourceLogs.Resource, "logs"));
        });
        using var application = new InstrumentedApplication(route, agent, oracle);

        application.DoBusiness();
        Assert.True(application.Flush());
        await Watchdog.WaitAsync(agent.FlushQueuesAsync(Token), "everything settled", Token);

        Assert.Equal(ItemTexts.Of(Edited(oracle, OtlpSignal.Traces)), ItemTexts.Of(Messages(backend, OtlpSignal.Traces)));
        Assert.Equal(
            ItemTexts.WithoutTimes(Edited(oracle, OtlpSignal.Metrics)), ItemTexts.WithoutTimes(Messages(backend, OtlpSignal.Metrics)));
        Assert.Equal(ItemTexts.Of(Edited(oracle, OtlpSignal.Logs)), ItemTexts.Of(Messages(backend, OtlpSignal.Logs)));
        Assert.NotEmpty(Messages(backend, OtlpSignal.Traces));
    }

    /// <summary>
    /// A step that does everything wrong, for some senders only: all others arrive meanwhile, and the wronged arrive unchanged.
    /// </summary>
    [Fact]
    public async Task Step_ThatMisbehaves_HarmsNoOtherPayloadAndStopsNothing()
    {
        const string Name = "misbehaving";
        using var release = new ManualResetEventSlim();
        await using var backend = await OtlpBackend.StartAsync(Token);
        await using var agent = await TestAgent.StartAsync(rotel =>
        {
            rotel.SendTo(backend);
            rotel.Traces.Process(
                resourceSpans => Misbehave(resourceSpans, release),
                step => (step.Name, step.TimeLimit, step.MaxResultBytes) = (Name, TimeSpan.FromSeconds(2), 1024 * 1024));
        });
        using var http = new HttpClient { BaseAddress = agent.HttpUri() };
        string[] bad = ["throws", "grows", "circles"];

        // Three hang: a fourth call that does not come back would keep the step from being called at all.
        string[] services = [.. Enumerable.Repeat(bad.Append("good"), 10).SelectMany(each => each), "hangs", "hangs", "hangs"];
        var load = new StandardLoad(FreshSeed.Value % 1000);
        var requests = services.Order().Select(service => Request(load, service)).ToArray();
        try
        {
            await Watchdog.WaitAsync(
                Task.WhenAll(requests.Select(async request => Assert.Equal(HttpStatusCode.OK, await PostAsync(http, request)))),
                "every answer",
                Token);
            await Watchdog.WaitAsync(agent.FlushAsync(Token), "everything settled", Token);
        }
        finally
        {
            release.Set();
        }

        var arrived = backend.Items(OtlpSignal.Traces);
        Assert.Equal(requests.SelectMany(request => OtlpItems.Keys(request)).Order(), arrived.Keys.Order());
        Assert.All(arrived.Values, count => Assert.Equal(1, count));
        var byService = Messages(backend, OtlpSignal.Traces).Cast<ExportTraceServiceRequest>().SelectMany(request => request.ResourceSpans)
            .ToLookup(ServiceOf);
        Assert.All(byService["good"], resource => Assert.Contains(resource.Resource.Attributes, attribute => attribute.Key == "seen"));
        Assert.All(
            bad.Append("hangs").SelectMany(service => byService[service]),
            resource => Assert.DoesNotContain(resource.Resource.Attributes, attribute => attribute.Key == "seen"));
        Assert.Equal(33, LedgerReading.Of(Name).ProcessorFailures);
    }

    [Fact]
    public async Task Filter_LeavesSomeOut_ReceiverAndProcessorAndExporterAddUp()
    {
        const string Name = "processed";
        await using var backend = await OtlpBackend.StartAsync(Token);
        await using var agent = await TestAgent.StartAsync(rotel =>
        {
            rotel.SendTo(backend, name: Name);
            rotel.Processors.AddFilter("posts", o => o.Drop(Spans.Attribute("http.request.method").Is("POST")));
        });
        using var http = new HttpClient { BaseAddress = agent.HttpUri() };
        var load = new StandardLoad(FreshSeed.Value % 1000);
        var requests = Enumerable.Range(0, 20).Select(_ => (ExportTraceServiceRequest)load.Next(OtlpSignal.Traces)).ToArray();

        foreach (var request in requests)
            Assert.Equal(HttpStatusCode.OK, await PostAsync(http, request));
        await Watchdog.WaitAsync(agent.FlushAsync(Token), "everything settled", Token);

        var posts = requests.SelectMany(request => request.ResourceSpans).SelectMany(resource => resource.ScopeSpans)
            .SelectMany(scope => scope.Spans).Count(IsPost);
        Assert.InRange(posts, 1, 1999);
        Assert.Equal(posts, LedgerReading.Of("posts").ProcessorDropped);
        Assert.Equal(2000 - posts, LedgerReading.Of(Name).Sent);
        Assert.Equal(2000 - posts, backend.ItemCount(OtlpSignal.Traces));
    }

    /// <summary>Two processes that know nothing of each other, each given half of every trace.</summary>
    [Fact]
    public async Task Sampler_InTwoProcesses_KeepsWholeTracesOrNothingOfThem()
    {
        const int Traces = 2000;
        await using var backend = await OtlpBackend.StartAsync(Token);
        await using var one = await StartSamplerAsync(backend);
        await using var other = await StartSamplerAsync(backend);
        using var http = new HttpClient();
        var random = new Random(FreshSeed.Value);

        for (var request = 0; request < Traces / 100; request++)
        {
            var ids = Enumerable.Range(0, 100).Select(_ => RandomId(random, 16)).ToArray();
            foreach (var process in (RotelProcess[])[one, other])
            {
                var spans = new ExportTraceServiceRequest { ResourceSpans = { new ResourceSpans { ScopeSpans = { new ScopeSpans() } } } };
                spans.ResourceSpans[0].ScopeSpans[0].Spans.Add(ids.OrderBy(_ => random.Next()).Select(id => SpanOf(id, random)));
                Assert.Equal(HttpStatusCode.OK, await PostAsync(http, spans, process.Http));
            }
        }

        foreach (var process in (ChildProcess[])[one.Process, other.Process])
        {
            process.Terminate();
            Assert.Equal(0, await process.ExitAsync());
        }

        var spansOf = Messages(backend, OtlpSignal.Traces).Cast<ExportTraceServiceRequest>()
            .SelectMany(request => request.ResourceSpans).SelectMany(resource => resource.ScopeSpans).SelectMany(scope => scope.Spans)
            .ToLookup(span => span.TraceId);
        Assert.All(spansOf, trace => Assert.Equal(2, trace.Count()));

        // 30 % of 2000, six standard deviations (20.5) to each side.
        Assert.InRange(spansOf.Count, 600 - 123, 600 + 123);
        Assert.All(spansOf.SelectMany(trace => trace), span => Assert.Equal("ot=th:b333", span.TraceState));
    }

    private static Task<RotelProcess> StartSamplerAsync(OtlpBackend backend) => RotelProcess.StartAsync(new()
    {
        ["ROTEL_OTLP_EXPORTER_ENDPOINT"] = backend.HttpEndpoint.ToString(),
        ["ROTEL_OTLP_EXPORTER_PROTOCOL"] = "http",
        ["ROTEL_PROCESSORS"] = "third:probabilistic_sampler",
        ["ROTEL_PROCESSOR_THIRD_PERCENTAGE"] = "30",
    });

    private static Span SpanOf(ByteString traceId, Random random) => new()
    {
        TraceId = traceId,
        SpanId = RandomId(random, 8),
        Name = "sampled",
        StartTimeUnixNano = 1_780_000_000_000_000_000,
        EndTimeUnixNano = 1_780_000_000_000_000_001,
    };

    private static ByteString RandomId(Random random, int length)
    {
        var id = new byte[length];
        random.NextBytes(id);
        return ByteString.CopyFrom(id);
    }

    private static void Misbehave(ResourceSpans resourceSpans, ManualResetEventSlim release)
    {
        Mark(resourceSpans.Resource, "seen");
        var attributes = resourceSpans.ScopeSpans[0].Spans[0].Attributes;
        switch (ServiceOf(resourceSpans))
        {
            case "throws":
                throw new InvalidOperationException("the step's own fault");
            case "hangs":
                release.Wait(CancellationToken.None);
                break;
            case "grows":
                for (var i = 0; i < 300; i++)
                    attributes.Add(new KeyValue { Key = $"filler.{i}", Value = new AnyValue { StringValue = new string('x', 10_000) } });
                break;
            case "circles":
                var circle = new AnyValue { ArrayValue = new ArrayValue() };
                circle.ArrayValue.Values.Add(circle);
                attributes.Add(new KeyValue { Key = "circle", Value = circle });
                break;
            default:
                break;
        }
    }

    private static ExportTraceServiceRequest Request(StandardLoad load, string service)
    {
        var request = (ExportTraceServiceRequest)load.Next(OtlpSignal.Traces, 10);
        var attributes = request.ResourceSpans.Single().Resource.Attributes;
        attributes.Single(attribute => attribute.Key == "service.name").Value.StringValue = service;
        return request;
    }

    private static string ServiceOf(ResourceSpans resourceSpans) =>
        resourceSpans.Resource.Attributes.Single(attribute => attribute.Key == "service.name").Value.StringValue;

    private static bool IsPost(Span span) =>
        span.Attributes.Any(attribute => attribute is { Key: "http.request.method", Value.StringValue: "POST" });

    private static async Task<HttpStatusCode> PostAsync(HttpClient http, ExportTraceServiceRequest request, Uri? server = null)
    {
        using var content = new ByteArrayContent(request.ToByteArray());
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
        var path = new Uri("v1/traces", UriKind.Relative);
        using var response = await http.PostAsync(server is null ? path : new Uri(server, path), content, Token);
        return response.StatusCode;
    }

    private static IEnumerable<IMessage> Messages(OtlpBackend backend, OtlpSignal signal) =>
        backend.Requests.Where(request => request.Signal == signal).Select(request => request.Message);

    /// <summary>What arrived at the oracle, with the edits of the chain made plainly.</summary>
    private static List<IMessage> Edited(OtlpBackend oracle, OtlpSignal signal)
    {
        var edited = new List<IMessage>();
        foreach (var message in Messages(oracle, signal))
        {
            switch (message)
            {
                case ExportTraceServiceRequest traces:
                    traces = traces.Clone();
                    foreach (var resource in traces.ResourceSpans)
                    {
                        Mark(resource.Resource, "team", "payments");
                        Mark(resource.Resource, "first");
                        Mark(resource.Resource, "second");
                        foreach (var span in resource.ScopeSpans.SelectMany(scope => scope.Spans))
                            span.Name = $"x {span.Name}";
                    }

                    edited.Add(traces);
                    break;
                case ExportMetricsServiceRequest metrics:
                    metrics = metrics.Clone();
                    foreach (var resource in metrics.ResourceMetrics)
                    {
                        Mark(resource.Resource, "team", "payments");
                        Mark(resource.Resource, "metrics");
                    }

                    edited.Add(metrics);
                    break;
                case ExportLogsServiceRequest logs:
                    logs = logs.Clone();
                    foreach (var resource in logs.ResourceLogs)
                    {
                        Mark(resource.Resource, "team", "payments");
                        Mark(resource.Resource, "logs");
                    }

                    edited.Add(logs);
                    break;
            }
        }

        return edited;
    }

    private static void Mark(Resource resource, string key, string value = "yes") =>
        resource.Attributes.Add(new KeyValue { Key = key, Value = new AnyValue { StringValue = value } });

    private sealed class Second : IAsyncTraceProcessor
    {
        public async ValueTask ProcessAsync(ResourceSpans resourceSpans, ProcessorContext context)
        {
            await Task.Yield();
            Mark(resourceSpans.Resource, "second");
        }
    }
}
