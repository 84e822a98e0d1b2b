using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using OpenTelemetry.Proto.Collector.Trace.V1;
using Rotel.Configuration;
using Rotel.Otlp;
using Rotel.TestKit;
using Rotel.TestKit.Backends;
using Rotel.TestKit.Telemetry;

namespace Rotel.Hosting;

/// <summary>What is detected at the start is on what arrives at the backend.</summary>
public sealed class ResourceDetectionStartTests
{
    [Theory]
    [InlineData("false", "cart")]
    [InlineData("true", "checkout")]
    public async Task Attributes_ThatAreDetected_ReachTheBackend(string overrides, string component)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var backend = await OtlpBackend.StartAsync(cancellation);
        using var log = new LogRecorder();
        using var loggers = LoggerFactory.Create(logging => logging.AddProvider(log));
        var sources = new RotelSources
        {
            Environment = new Dictionary<string, string>
            {
                ["ROTEL_RESOURCE_DETECTORS"] = "env,process",
                ["ROTEL_RESOURCE_DETECTION_OVERRIDE"] = overrides,
                ["ROTEL_OTEL_RESOURCE_ATTRIBUTES"] = "region=set",
                ["OTEL_RESOURCE_ATTRIBUTES"] = "component=checkout,team=basket,region=detected",
            },
        };
        var plan = RotelConfiguration.Load(sources, options =>
        {
            TestHost.UseShortTimes(options);
            options.SendTo(backend);
        });

        await using (var agent = await RotelAgent.StartAsync(plan, loggers, cancellation))
        {
            var request = new StandardLoad().Traces(spans: 1);
            request.ResourceSpans[0].Resource.Attributes.Add(new OpenTelemetry.Proto.Common.V1.KeyValue
            {
                Key = "component",
                Value = new OpenTelemetry.Proto.Common.V1.AnyValue { StringValue = "cart" },
            });
            using var client = new HttpClient();
            using var content = new ByteArrayContent(Google.Protobuf.MessageExtensions.ToByteArray(request));
            content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
            using var response = await client.PostAsync(new Uri($"http://{agent.HttpEndpoints[0]}/v1/traces"), content, cancellation);
            response.EnsureSuccessStatusCode();
            await backend.WaitForItemsAsync(OtlpSignal.Traces, 1, cancellation);
        }

        var arrived = (ExportTraceServiceRequest)backend.Requests[0].Message;
        var attributes = arrived.ResourceSpans[0].Resource.Attributes.ToDictionary(attribute => attribute.Key, attribute => attribute.Value);
        Assert.Equal(component, attributes["component"].StringValue);
        Assert.Equal("basket", attributes["team"].StringValue);
        Assert.Equal("set", attributes["region"].StringValue);
        Assert.Equal(Environment.ProcessId, attributes["process.pid"].IntValue);
        Assert.Contains(log.Lines, line => line.EventId == 3080 && line.Message == "Resource detector 'env' found component, region, team");
    }

    [Fact]
    public async Task Dispose_BeforeTheStartWhileAMetadataServiceHangs_EndsDetectionAndWhatWaitsForIt()
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var hanging = new TcpListener(IPAddress.Loopback, 0);
        hanging.Start();
        var sources = new RotelSources
        {
            Environment = new Dictionary<string, string>
            {
                ["ROTEL_RESOURCE_DETECTORS"] = "aws",
                ["ROTEL_RESOURCE_DETECTION_TIMEOUT"] = "60s",
                ["ECS_CONTAINER_METADATA_URI_V4"] = $"http://{hanging.LocalEndpoint}/v4",
                ["ROTEL_EXPORTER"] = "blackhole",
            },
        };
        var collector = new Collector(RotelConfiguration.Load(sources, TestHost.UseShortTimes), NullLoggerFactory.Instance);
        using var asked = await hanging.AcceptTcpClientAsync(cancellation);
        var intake = collector.HandOff;
        var early = Task.Run(
            () =>
            {
                var body = new StandardLoad().Encode(OtlpSignal.Traces, 1);
                var deadlines = intake.StartRequest(senderTimeout: null);
                var buffer = intake.Rent(body.Length, deadlines)!;
                body.CopyTo(buffer.Span);
                return intake.Ingest(OtlpSignal.Traces, buffer, body.Length, deadlines);
            },
            cancellation);
        using var leaving = new CancellationTokenSource();
        var start = collector.StartAsync(leaving.Token);
        Assert.False(start.IsCompleted);
        await leaving.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Watchdog.WaitAsync(start, "the start", cancellation));

        await Watchdog.WaitAsync(collector.DisposeAsync().AsTask(), "the disposal", cancellation);

        await Watchdog.WaitAsync(early, "the hand-off that waits for detection", cancellation);
    }
}
