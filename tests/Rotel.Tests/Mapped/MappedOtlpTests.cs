using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Trace;
using Rotel.Otlp;
using Rotel.TestKit.Backends;
using Rotel.TestKit.Telemetry;
using StatusCode = Grpc.Core.StatusCode;

namespace Rotel.Mapped;

/// <summary>OTLP on the endpoints of an application's own server.</summary>
public sealed class MappedOtlpTests
{
    private const string Http = "host_http";
    private const string Grpc = "host_grpc";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(OtlpExportProtocol.HttpProtobuf, false)]
    [InlineData(OtlpExportProtocol.HttpProtobuf, true)]
    [InlineData(OtlpExportProtocol.Grpc, false)]
    [InlineData(OtlpExportProtocol.Grpc, true)]
    public async Task Sdk_OverEveryProtocol_ArrivesAtTheBackend(OtlpExportProtocol protocol, bool tls)
    {
        await using var backend = await OtlpBackend.StartAsync(Cancellation);
        await using var application = await MappedApplication.StartAsync(
            application => application.MapRotelOtlp("/otel"), rotel => Hosting.TestHost.SendTo(rotel, backend));
        var isGrpc = protocol == OtlpExportProtocol.Grpc;
        var server = tls ? application.Https : isGrpc ? application.Http2 : application.Http1;

        var name = $"mapped-{Guid.NewGuid():N}";
        using var source = new System.Diagnostics.ActivitySource(name);
        using (var provider = Sdk.CreateTracerProviderBuilder().AddSource(name).AddOtlpExporter(options =>
        {
            options.Protocol = protocol;
            options.Endpoint = isGrpc ? server : new Uri(server, "/otel/v1/traces");
            options.HttpClientFactory = MappedApplication.CreateClient;
        }).Build())
        {
            for (var i = 0; i < 50; i++)
                source.StartActivity("order")!.Dispose();
            Assert.True(provider.ForceFlush());
        }

        await backend.WaitForItemsAsync(OtlpSignal.Traces, 50, Cancellation);
        Assert.Equal((isGrpc ? 0 : 50, 0), application.Counts(Http));
        Assert.Equal((isGrpc ? 50 : 0, 0), application.Counts(Grpc));
    }

    [Fact]
    public async Task Signals_EachAtItsPath_AreAcceptedOverHttp1AndHttp2()
    {
        await using var application = await MappedApplication.StartAsync(
            application => application.MapRotelOtlp("otel/"),
            rotel =>
            {
                rotel.Exporters.AddBlackhole("hole");
                rotel.Otlp.Profiles = true;
                rotel.Otlp.Logs = false;
                foreach (var signal in (SignalOptions[])[rotel.Traces, rotel.Metrics, rotel.Logs, rotel.Profiles])
                    signal.ExportTo("hole");
                rotel.Otlp.MetricsHttpPath = "/in/{metrics}";
            });
        var load = new StandardLoad();

        Assert.Equal(200, await PostAsync(load.Encode(OtlpSignal.Traces), "/otel/v1/traces"));
        Assert.Equal(200, await PostAsync(load.Encode(OtlpSignal.Metrics), "/otel/in/{metrics}"));
        Assert.Equal(404, await PostAsync(load.Encode(OtlpSignal.Logs), "/otel/v1/logs"));
        Assert.Equal(200, await PostAsync([], "/otel/v1development/profiles"));
        Assert.Equal(404, await PostAsync(load.Encode(OtlpSignal.Traces), "/v1/traces"));

        async Task<int> PostAsync(byte[] body, string path)
        {
            using var first = await application.SendAsync(body, path);
            using var second = await application.SendAsync(body, path, server: application.Http2);
            Assert.Equal(first.StatusCode, second.StatusCode);
            return (int)first.StatusCode;
        }
    }

    [Fact]
    public async Task Requests_OfOtherMethods_AreRefusedInOurWordsAndTheRestIsTheApplications()
    {
        await using var application = await MappedApplication.StartAsync(application =>
        {
            application.MapRotelOtlp();
            application.MapGet("/v1/logs", () => "the application's own");
            application.MapFallback(() => Results.Text("the fallback", statusCode: 418));
        });

        using var get = await application.SendAsync(method: "GET");
        Assert.Equal(405, (int)get.StatusCode);
        Assert.Equal(["POST"], get.Content.Headers.Allow);
        Assert.Contains("POST", (await MappedApplication.StatusOf(get)).Message, StringComparison.Ordinal);
        using var own = await application.SendAsync(path: "/v1/logs", method: "GET");
        Assert.Equal("the application's own", await own.Content.ReadAsStringAsync(Cancellation));
        using var accepted = await application.SendAsync(new StandardLoad().Encode(OtlpSignal.Logs), "/v1/logs");
        Assert.Equal(200, (int)accepted.StatusCode);
        using var elsewhere = await application.SendAsync(path: "/v1/nothing");
        Assert.Equal(418, (int)elsewhere.StatusCode);

        // gRPC needs trailers, which HTTP/1.1 has not.
        using var grpc = await application.SendAsync(path: OtlpSignal.Traces.GrpcPath(), contentType: "application/grpc");
        Assert.Equal(426, (int)grpc.StatusCode);
    }

    [Fact]
    public async Task Bodies_ThatAreWrong_AreRefusedAsOnOurOwnServer()
    {
        await using var application = await MappedApplication.StartAsync(
            application => application.MapRotelOtlp(),
            rotel =>
            {
                rotel.Exporters.AddBlackhole("hole");
                rotel.Otlp.MaxRequestBodySize = 100_000;
            });

        foreach (var (answer, code) in new[]
        {
            (await application.SendAsync([0xFF, 0x01]), 400),
            (await application.SendAsync("{\"resourceSpans\":7}"u8.ToArray(), contentType: "application/json"), 400),
            (await application.SendAsync(contentType: "text/plain"), 415),
            (await application.SendAsync(encoding: "rot13"), 415),
            (await application.SendAsync([1, 2, 3], encoding: "gzip"), 400),
            (await application.SendAsync(new byte[100_001]), 413),
            (await application.SendAsync(new byte[100_001], chunked: true), 413),
            (await application.SendAsync(MappedApplication.Gzip(new byte[100_001]), encoding: "gzip"), 413),
        })
        {
            Assert.Equal(code, (int)answer.StatusCode);
            Assert.Equal(code == 400 || code == 413 || code == 415, (await answer.Content.ReadAsByteArrayAsync(Cancellation)).Length > 0);
            answer.Dispose();
        }

        Assert.Equal((0, 8), application.Counts(Http));
    }

    /// <summary>The server's own limit of 30 MB must not cut what Rotel takes, whatever stands between.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Bodies_OverTheServersDefaultLimit_AreTakenUpToOurs(bool decompressesItself)
    {
        await using var application = await MappedApplication.StartAsync(
            application =>
            {
                if (decompressesItself)
                    application.UseRequestDecompression().UseResponseCompression();
                application.MapRotelOtlp();
                application.MapGroup("/small").MapRotelOtlp().WithMetadata(new RequestSizeLimitAttribute(1000));
            },
            rotel =>
            {
                rotel.MemoryLimit = 256 << 20;
                rotel.Exporters.AddBlackhole("hole");
            },
            builder => builder.Services.AddRequestDecompression(_ => { }).AddResponseCompression());
        var large = MappedApplication.LargeBody(35_000_000);
        var items = StandardItems(large);

        using var plain = await application.SendAsync(large);
        using var chunked = await application.SendAsync(large, chunked: true);
        using var gzip = await application.SendAsync(MappedApplication.Gzip(large), encoding: "gzip");
        using var json = await application.SendAsync("{}"u8.ToArray(), contentType: "application/json");
        Assert.Equal([200, 200, 200, 200], new[] { plain, chunked, gzip, json }.Select(answer => (int)answer.StatusCode));
        Assert.Equal("{}", await json.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal((3 * items, 0), application.Counts(Http));

        // What the application says of its endpoints counts.
        using var limited = await application.SendAsync(path: "/small/v1/traces");
        using var limitedChunks = await application.SendAsync(path: "/small/v1/traces", chunked: true);
        Assert.Equal([413, 413], new[] { limited, limitedChunks }.Select(answer => (int)answer.StatusCode));
        Assert.Equal(8, (await MappedApplication.StatusOf(limited)).Code);
        Assert.Equal((3 * items, 2), application.Counts(Http));

        // With the application's decompression too, a body that is none is the sender's fault.
        foreach (var encoding in (string[])["gzip", "br", "deflate"])
        {
            using var garbage = await application.SendAsync([0xFF, .. new byte[100]], encoding: encoding);
            Assert.Equal((encoding, 400), (encoding, (int)garbage.StatusCode));
        }
    }

    [Fact]
    public async Task Conventions_OfTheApplication_StandBeforeRotel()
    {
        await using var application = await MappedApplication.StartAsync(
            application =>
            {
                application.UseAuthentication().UseAuthorization().UseRateLimiter();
                application.MapRotelOtlp().RequireAuthorization();
                application.MapGroup("/limited").MapRotelOtlp().RequireRateLimiting("once");
                application.MapGroup("/elsewhere").MapRotelOtlp().RequireHost("otlp.example.com");
            },
            build: builder => builder.AddTokens("right").AddFixedWindow("once", permits: 1));

        using (var refused = await application.SendAsync())
            Assert.Equal(401, (int)refused.StatusCode);
        using (var wrong = await application.SendAsync(token: "wrong"))
            Assert.Equal(401, (int)wrong.StatusCode);
        Assert.Equal(StatusCode.Unauthenticated, await application.CallAsync());
        Assert.Equal((0, 0), application.Counts(Http));
        Assert.Equal((0, 0), application.Counts(Grpc));

        using (var granted = await application.SendAsync(token: "right"))
            Assert.Equal(200, (int)granted.StatusCode);
        Assert.Equal(StatusCode.OK, await application.CallAsync("right"));
        Assert.Equal((10, 0), application.Counts(Http));
        Assert.Equal((10, 0), application.Counts(Grpc));

        using (var first = await application.SendAsync(path: "/limited/v1/traces"))
            Assert.Equal(200, (int)first.StatusCode);
        using (var second = await application.SendAsync(path: "/limited/v1/traces"))
            Assert.Equal(429, (int)second.StatusCode);
        using (var elsewhere = await application.SendAsync(path: "/elsewhere/v1/traces"))
            Assert.Equal(404, (int)elsewhere.StatusCode);
        Assert.Equal((20, 0), application.Counts(Http));
    }

    /// <summary>A second way in has paths of its own; the paths of gRPC are there once, under what was said of the first.</summary>
    [Fact]
    public async Task Map_Twice_KeepsOnePathOfGrpcAndOneCount()
    {
        await using var application = await MappedApplication.StartAsync(
            application =>
            {
                application.UseAuthentication().UseAuthorization();
                application.MapRotelOtlp("/first").RequireAuthorization();
                application.MapRotelOtlp("/second");
            },
            build: builder => builder.AddTokens("right"));

        using var first = await application.SendAsync(path: "/first/v1/traces");
        using var second = await application.SendAsync(path: "/second/v1/traces");
        Assert.Equal([401, 200], new[] { first, second }.Select(answer => (int)answer.StatusCode));
        Assert.Equal(StatusCode.Unauthenticated, await application.CallAsync());
        Assert.Equal(StatusCode.OK, await application.CallAsync("right"));
        Assert.Single(application.Rotel.GetStatus().Receivers, receiver => receiver.Name == Http);
    }

    [Fact]
    public async Task Requests_AfterRotelHasStopped_AreRefusedAsRetryable()
    {
        await using var application = await MappedApplication.StartAsync(application => application.MapRotelOtlp());
        await application.Collector.StopAsync(Cancellation);

        using var answer = await application.SendAsync();

        Assert.Equal(503, (int)answer.StatusCode);
        Assert.NotNull(answer.Headers.RetryAfter);
        Assert.Equal(14, (await MappedApplication.StatusOf(answer)).Code);
        Assert.Equal(StatusCode.Unavailable, await application.CallAsync());
        Assert.Equal((0, 1), application.Counts(Http));
    }

    [Fact]
    public async Task Map_SwitchedOff_AddsNothingAndTakesConventions()
    {
        await using var application = await MappedApplication.StartAsync(
            application =>
            {
                var endpoints = application.MapRotelOtlp().RequireAuthorization().RequireRateLimiting("none").RequireHost("example.com");
                endpoints.Finally(_ => Assert.Fail("There is no endpoint."));
            },
            rotel => rotel.Enabled = false);

        using var answer = await application.SendAsync();

        Assert.Equal(404, (int)answer.StatusCode);
        Assert.Equal(Operation.RotelState.SwitchedOff, application.Rotel.GetStatus().State);
    }

    [Fact]
    public async Task Map_WithoutAddRotel_SaysWhatIsMissing()
    {
        await using var application = WebApplication.CreateBuilder().Build();

        var exception = Assert.Throws<InvalidOperationException>(() => application.MapRotelOtlp());

        Assert.Contains("AddRotel", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Headers_ThatAreToBeKept_AreKept()
    {
        await using var backend = await OtlpBackend.StartAsync(Cancellation);
        await using var application = await MappedApplication.StartAsync(
            application => application.MapRotelOtlp(),
            rotel =>
            {
                rotel.Otlp.HttpMetadata.Include = true;
                rotel.Otlp.HttpMetadata.Headers.Add("authorization");
                Hosting.TestHost.SendTo(rotel, backend, configure: exporter => exporter.HeadersFromMetadata.Add("authorization"));
            });

        using var answer = await application.SendAsync(token: "tenant-7");

        Assert.Equal(200, (int)answer.StatusCode);
        await backend.WaitForItemsAsync(OtlpSignal.Traces, 10, Cancellation);
        Assert.Equal("Bearer tenant-7", backend.Requests[0].Headers["authorization"]);
    }

    private static int StandardItems(byte[] body) => OpenTelemetry.Proto.Collector.Trace.V1.ExportTraceServiceRequest.Parser
        .ParseFrom(body).ResourceSpans.Sum(resource => resource.ScopeSpans.Sum(scope => scope.Spans.Count));
}
