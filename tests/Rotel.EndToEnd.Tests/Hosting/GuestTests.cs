using System.Net.Http.Headers;
using System.Security.Cryptography.X509Certificates;
using Google.Protobuf;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Proto.Collector.Logs.V1;
using OpenTelemetry.Proto.Collector.Metrics.V1;
using OpenTelemetry.Proto.Collector.Trace.V1;
using OpenTelemetry.Proto.Common.V1;
using OpenTelemetry.Trace;
using Rotel.Otlp;
using Rotel.TestKit.Backends;
using Rotel.TestKit.Certificates;
using Rotel.TestKit.Telemetry;
using Metric = OpenTelemetry.Proto.Metrics.V1.Metric;

namespace Rotel.EndToEnd;

/// <summary>
/// Rotel is a guest: with every instrumentation on, what an ASP.NET Core application exports is the same with and without it, while Rotel
/// receives over both protocols, exports over both, and takes the application's own telemetry. Not meant are the experimental sources of
/// System.Net (connections, DNS, sockets), which are the whole process's and which no instrumentation listens to.
/// </summary>
[Collection(ProcessWide.Name)]
public sealed class GuestTests
{
    /// <summary>It has one set of counts for everybody in the process, which is the documented exception.</summary>
    private const string RuntimeMeter = "System.Runtime";

    private const string Token = "t0ken";

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Application_WithEveryInstrumentationOn_ExportsTheSameWithAndWithoutRotel(bool secured)
    {
        var without = await StreamsAsync(withRotel: false);
        var with = await StreamsAsync(withRotel: true, secured);

        Assert.Contains(without, line => line.StartsWith("span GET /hello", StringComparison.Ordinal));
        Assert.Contains(without, line => line.StartsWith("metric http.server.request.duration", StringComparison.Ordinal));
        Assert.Contains(without, line => line.StartsWith("metric http.client.request.duration", StringComparison.Ordinal));
        Assert.Contains(without, line => line.StartsWith("metric kestrel.", StringComparison.Ordinal));
        Assert.Contains(without, line => line.StartsWith("log Microsoft.AspNetCore", StringComparison.Ordinal));
        Assert.Equal(without, with);
    }

    /// <summary>The application's spans, points and records as a sorted set of lines, without what differs from run to run.</summary>
    private static async Task<List<string>> StreamsAsync(bool withRotel, bool secured = false)
    {
        using var authority = secured ? TestAuthority.CreateRoot() : null;
        var cancellation = TestContext.Current.CancellationToken;
        await using var observer = await OtlpBackend.StartAsync(cancellation);
        await using var backend = await OtlpBackend.StartAsync(cancellation);
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ApplicationName = "guest" });
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Information);
        var telemetry = builder.Services.AddOpenTelemetry()
            .WithTracing(tracing => tracing.AddAspNetCoreInstrumentation().AddHttpClientInstrumentation()
                .AddOtlpExporter("observer.traces", options => Observe(options, observer, "v1/traces")))
            .WithMetrics(metrics => metrics.AddMeter("Microsoft.AspNetCore.*", "System.Net.Http").AddAspNetCoreInstrumentation()
                .AddHttpClientInstrumentation().AddRuntimeInstrumentation()
                .AddOtlpExporter("observer.metrics", options => Observe(options, observer, "v1/metrics")))
            .WithLogging(logging => logging.AddOtlpExporter("observer.logs", options => Observe(options, observer, "v1/logs")));
        if (withRotel)
        {
            builder.Services.AddRotel(options =>
            {
                options.Otlp.GrpcEndpoint = options.Otlp.HttpEndpoint = "127.0.0.1:0";
                if (authority?.Issue("rotel") is { } certificate)
                {
                    (options.Otlp.Tls.CertificatePem, options.Otlp.Tls.KeyPem) = (certificate.Pem, certificate.KeyPem);
                    options.Otlp.Authentication.BearerTokens.Add(Token);
                }

                options.Batch.Timeout = TimeSpan.FromMilliseconds(20);
                options.SendTo(backend, Exporters.Otlp.OtlpProtocol.Grpc, "grpc");
                options.SendTo(backend, Exporters.Otlp.OtlpProtocol.Http, "http");
                foreach (var signal in (SignalOptions[])[options.Traces, options.Metrics, options.Logs])
                    signal.ExportTo("grpc", "http");
            });
            telemetry.UseRotel();
        }

        await using var application = builder.Build();
        application.MapGet("/hello", () => "hello");
        application.MapGet("/fails", () => Results.StatusCode(500));
        await application.StartAsync(cancellation);
        await ServeAsync(application, cancellation);
        if (withRotel)
            await UseRotelAsync(application, backend, authority, cancellation);
        await application.StopAsync(cancellation);
        await application.DisposeAsync();
        return Lines(observer.Requests.Select(request => request.Message));
    }

    private static async Task ServeAsync(WebApplication application, CancellationToken cancellation)
    {
        using var client = new HttpClient { BaseAddress = new Uri(application.Urls.First()) };
        foreach (var path in (string[])["hello", "hello", "fails", "nowhere"])
        {
            using var response = await client.GetAsync(new Uri(path, UriKind.Relative), cancellation);
            await response.Content.ReadAsStringAsync(cancellation);
        }
    }

    /// <summary>What other processes would send, from a client that no instrumentation sees.</summary>
    private static async Task UseRotelAsync(
        WebApplication application, OtlpBackend backend, TestAuthority? authority, CancellationToken cancellation)
    {
        var collector = application.Services.GetRequiredService<Rotel.Hosting.RotelRuntime>().Collector!;
        var load = new StandardLoad();
        var scheme = authority is null ? "http" : "https";
        using var handler = UnseenHandler(authority);
        using var client = new HttpClient(handler);
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        using var content = new ByteArrayContent(load.Encode(OtlpSignal.Traces));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
        using var answer = await client.PostAsync(new Uri($"{scheme}://{collector.HttpEndpoints[0]}/v1/traces"), content, cancellation);
        answer.EnsureSuccessStatusCode();

        using var wrong = new ByteArrayContent([0xFF]);
        wrong.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
        using var refusal = await client.PostAsync(new Uri($"{scheme}://{collector.HttpEndpoints[0]}/v1/traces"), wrong, cancellation);
        Assert.Equal(400, (int)refusal.StatusCode);
        using var channel = Grpc.Net.Client.GrpcChannel.ForAddress(
            $"{scheme}://{collector.GrpcEndpoints[0]}",
            new Grpc.Net.Client.GrpcChannelOptions
            {
                HttpHandler = UnseenHandler(authority),
                DisposeHttpClient = true,
            });
        using (SuppressInstrumentationScope.Begin())
        {
            await new TraceService.TraceServiceClient(channel).ExportAsync(
                load.Traces(), new Grpc.Core.Metadata { { "authorization", $"Bearer {Token}" } }, cancellationToken: cancellation);
        }

        await backend.WaitForItemsAsync(OtlpSignal.Traces, 400, cancellation);
    }

    /// <summary>A handler that shows in no instrumentation and trusts the authority, where there is one.</summary>
    private static SocketsHttpHandler UnseenHandler(TestAuthority? authority)
    {
        var handler = new SocketsHttpHandler
        {
            ActivityHeadersPropagator = null,
            MeterFactory = new OtherMeters(),
            EnableMultipleHttp2Connections = true,
        };
        if (authority is not null)
        {
            handler.SslOptions.CertificateChainPolicy = new X509ChainPolicy
            {
                TrustMode = X509ChainTrustMode.CustomRootTrust,
                RevocationMode = X509RevocationMode.NoCheck,
                CustomTrustStore = { X509Certificate2.CreateFromPem(authority.Pem) },
            };
        }

        return handler;
    }

    private static void Observe(OtlpExporterOptions options, OtlpBackend observer, string path)
    {
        options.Protocol = OtlpExportProtocol.HttpProtobuf;
        options.Endpoint = new Uri(observer.HttpEndpoint, path);
        options.HttpClientFactory = () =>
            new HttpClient(new SocketsHttpHandler { ActivityHeadersPropagator = null, MeterFactory = new OtherMeters() });
    }

    /// <summary>Spans as often as they came; points and records once, for how often a process collects is chance.</summary>
    private static List<string> Lines(IEnumerable<IMessage> requests)
    {
        var lines = requests.SelectMany(LinesOf).ToList();
        return
        [
            .. lines.Where(line => line.StartsWith("span ", StringComparison.Ordinal))
                .Concat(lines.Where(line => !line.StartsWith("span ", StringComparison.Ordinal)).Distinct())
                .Order(StringComparer.Ordinal),
        ];
    }

    private static IEnumerable<string> LinesOf(IMessage request) => request switch
    {
        ExportTraceServiceRequest traces =>
            from resource in traces.ResourceSpans
            from scope in resource.ScopeSpans
            from span in scope.Spans
            select $"span {span.Name} {scope.Scope.Name} {span.Kind} {Attributes(span.Attributes)}",
        ExportMetricsServiceRequest metrics =>
            from resource in metrics.ResourceMetrics
            from scope in resource.ScopeMetrics
            where scope.Scope.Name != RuntimeMeter
            from metric in scope.Metrics
            from attributes in PointAttributes(metric)
            select $"metric {metric.Name} {scope.Scope.Name} {attributes}",
        ExportLogsServiceRequest logs =>
            from resource in logs.ResourceLogs
            from scope in resource.ScopeLogs
            from record in scope.LogRecords
            select $"log {scope.Scope.Name} {record.SeverityNumber} {record.Body?.StringValue}",
        _ => [],
    };

    private static IEnumerable<string> PointAttributes(Metric metric) => metric.DataCase switch
    {
        Metric.DataOneofCase.Gauge => metric.Gauge.DataPoints.Select(point => Attributes(point.Attributes)),
        Metric.DataOneofCase.Sum => metric.Sum.DataPoints.Select(point => Attributes(point.Attributes)),
        _ => metric.Histogram.DataPoints.Select(point => Attributes(point.Attributes)),
    };

    /// <summary>Ports and connections are new every time.</summary>
    private static string Attributes(IEnumerable<KeyValue> attributes) => string.Join(
        ' ',
        attributes.Where(a => !a.Key.Contains("port", StringComparison.Ordinal) && a.Key is not ("url.full" or "network.peer.address"))
            .OrderBy(a => a.Key, StringComparer.Ordinal).Select(a => $"{a.Key}={a.Value}"));

    private sealed class OtherMeters : System.Diagnostics.Metrics.IMeterFactory
    {
        public System.Diagnostics.Metrics.Meter Create(System.Diagnostics.Metrics.MeterOptions options) => new($"Test.{options.Name}");

        public void Dispose()
        {
        }
    }
}
