using System.Net;
using System.Net.Http.Headers;
using OpenTelemetry.Proto.Collector.Trace.V1;
using Rotel.Configuration;
using Rotel.Exporters.Otlp;
using Rotel.Otlp;
using Rotel.TestKit.Backends;
using Rotel.TestKit.Telemetry;

namespace Rotel.Roslyn;

/// <summary>A whole Rotel whose settings name C# files.</summary>
public sealed class AgentTests : IAsyncDisposable
{
    private const string Marking = """
        class Marking : ITraceProcessor
        {
            public void Process(ResourceSpans spans, ProcessorContext context) =>
                spans.Resource.Attributes.Add(new KeyValue { Key = "marked", Value = new AnyValue { StringValue = context.Signal.ToString() } });
        }
        """;

    private readonly ProcessorFolder _folder = new();

    public ValueTask DisposeAsync() => _folder.DisposeAsync();

    [Fact]
    public async Task Request_ThroughASourceFile_ArrivesAsTheFileLeavesIt()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var backend = await OtlpBackend.StartAsync(cancellation);
        await using var agent = await RotelAgent.StartAsync(Plan(_folder.Write("marking.cs", Marking), backend), null, cancellation);

        using var client = new HttpClient();
        using var content = new ByteArrayContent(new StandardLoad().Encode(OtlpSignal.Traces, 5));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
        using var response = await client.PostAsync(new Uri($"http://{agent.HttpEndpoints[0]}/v1/traces"), content, cancellation);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        await backend.WaitForItemsAsync(OtlpSignal.Traces, 5, cancellation);
        var arrived = (ExportTraceServiceRequest)backend.Requests[0].Message;
        Assert.Equal("Traces", Assert.Single(arrived.ResourceSpans[0].Resource.Attributes, attribute => attribute.Key == "marked").Value.StringValue);
    }

    [Fact]
    public async Task SourceFile_ThatDoesNotCompile_IsAnErrorOfTheStart()
    {
        await using var backend = await OtlpBackend.StartAsync(TestContext.Current.CancellationToken);
        var path = _folder.Write("broken.cs", Marking.Replace("spans.Resource", "spams.Resource", StringComparison.Ordinal));

        var error = Assert.Single(Assert.Throws<RotelConfigurationException>(() => Plan(path, backend)).Errors);

        Assert.Contains("(ROTEL_PROCESSORS_TRACES): ", error, StringComparison.Ordinal);
        Assert.Contains($"{path}(4,9): error CS0103: The name 'spams' does not exist", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Constructor_ThatThrows_IsAnErrorOfTheStartThatLeavesNothingBehind()
    {
        await using var backend = await OtlpBackend.StartAsync(TestContext.Current.CancellationToken);
        var disposed = Path.Combine(Path.GetDirectoryName(_folder.Write("marking.cs", Marking))!, "disposed");
        var path = _folder.Write("two.cs", $$"""
            class First : ITraceProcessor, IDisposable
            {
                public void Process(ResourceSpans spans, ProcessorContext context) { }
                public void Dispose() => File.WriteAllText(@"{{disposed}}", "");
            }

            class Second : ITraceProcessor
            {
                public Second() => throw new InvalidOperationException("no lookup table");
                public void Process(ResourceSpans spans, ProcessorContext context) { }
            }
            """);

        var failure = await Assert.ThrowsAsync<RotelConfigurationException>(
            () => RotelAgent.StartAsync(Plan(path, backend), null, TestContext.Current.CancellationToken));

        Assert.Contains("Second cannot be created: InvalidOperationException: no lookup table", Assert.Single(failure.Errors), StringComparison.Ordinal);
        Assert.True(File.Exists(disposed));
    }

    private static RotelPlan Plan(string path, OtlpBackend backend) => RotelConfiguration.Load(
        new RotelSources { Environment = new Dictionary<string, string> { ["ROTEL_PROCESSORS_TRACES"] = path } },
        rotel =>
        {
            rotel.AddRoslyn();
            rotel.AllowProcessorFiles = true;
            rotel.Otlp.GrpcEndpoint = rotel.Otlp.HttpEndpoint = "127.0.0.1:0";
            rotel.Batch.Timeout = TimeSpan.FromMilliseconds(20);
            rotel.Exporters.AddOtlp("backend", exporter =>
            {
                exporter.Endpoint = backend.HttpEndpoint;
                exporter.Protocol = OtlpProtocol.Http;
            });
        });
}
