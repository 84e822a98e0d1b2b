using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Proto.Collector.Trace.V1;
using Rotel.Hosting;
using Rotel.TestKit;
using Rotel.TestKit.Certificates;
using Rotel.TestKit.Telemetry;
using RpcStatus = Google.Rpc.Status;

namespace Rotel.Mapped;

/// <summary>
/// A web application with Rotel on endpoints of its own server: HTTP/1.1, HTTP/2 without TLS, and both with it, on free ports.
/// </summary>
internal sealed class MappedApplication : IAsyncDisposable
{
    public const string Protobuf = "application/x-protobuf";

    private readonly TestAuthority _authority = TestAuthority.CreateRoot();
    private readonly WebApplication _application;

    private MappedApplication(Action<RotelOptions>? options, Action<WebApplicationBuilder>? build, Action<WebApplication> map)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ApplicationName = "shop" });
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Trace).AddProvider(Log);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2);
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(_authority.Issue("shop").ToX509()));
        });
        builder.Services.AddRotel(rotel =>
        {
            TestHost.UseShortTimes(rotel);
            rotel.Otlp.GrpcEndpoint = rotel.Otlp.HttpEndpoint = null;
            if (options is null)
                rotel.Exporters.AddBlackhole("hole");
            options?.Invoke(rotel);
        });
        build?.Invoke(builder);
        _application = builder.Build();
        map(_application);
    }

    public LogRecorder Log { get; } = new();

    public Uri Http1 => new(_application.Urls.ElementAt(0));

    public Uri Http2 => new(_application.Urls.ElementAt(1));

    public Uri Https => new(_application.Urls.ElementAt(2));

    public IRotel Rotel => _application.Services.GetRequiredService<IRotel>();

    public Collector Collector => _application.Services.GetRequiredService<RotelRuntime>().Collector!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<MappedApplication> StartAsync(
        Action<WebApplication> map, Action<RotelOptions>? options = null, Action<WebApplicationBuilder>? build = null)
    {
        var application = new MappedApplication(options, build, map);
        await application._application.StartAsync(Cancellation);
        return application;
    }

    /// <summary>A client for all three that trusts the certificate and shows in no instrumentation.</summary>
    public static HttpClient CreateClient() => new(new SocketsHttpHandler
    {
        ActivityHeadersPropagator = null,
        EnableMultipleHttp2Connections = true,
        SslOptions =
        {
            RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                certificate!.Issuer.Contains("Rotel", StringComparison.Ordinal),
        },
    });

    public async Task<HttpResponseMessage> SendAsync(
        byte[]? body = null,
        string path = "/v1/traces",
        string method = "POST",
        string contentType = Protobuf,
        string? encoding = null,
        string? token = null,
        Uri? server = null,
        bool chunked = false)
    {
        using var client = CreateClient();
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(server ?? Http1, path))
        {
            Version = server == Http2 ? HttpVersion.Version20 : HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
        if (method == "POST")
        {
            request.Content = new ByteArrayContent(body ?? new StandardLoad().Encode(Otlp.OtlpSignal.Traces, 10));
            request.Content.Headers.ContentType = new MediaTypeHeaderValue(contentType);
            if (encoding is not null)
                request.Content.Headers.ContentEncoding.Add(encoding);
            request.Headers.TransferEncodingChunked = chunked ? true : null;
        }

        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return await Watchdog.WaitAsync(client.SendAsync(request, Cancellation), "an answer", Cancellation);
    }

    public async Task<StatusCode> CallAsync(string? token = null, Uri? server = null)
    {
        using var channel = GrpcChannel.ForAddress(
            server ?? Http2, new GrpcChannelOptions { HttpClient = CreateClient(), DisposeHttpClient = true });
        try
        {
            var headers = new Metadata();
            if (token is not null)
                headers.Add("authorization", $"Bearer {token}");
            await new TraceService.TraceServiceClient(channel).ExportAsync(
                new StandardLoad().Traces(10), headers, cancellationToken: Cancellation);
            return StatusCode.OK;
        }
        catch (RpcException exception)
        {
            return exception.StatusCode;
        }
    }

    /// <summary>What a mapped receiver accepted and refused of traces.</summary>
    public (long Accepted, long Refused) Counts(string receiver)
    {
        var status = Rotel.GetStatus().Receivers.Single(known => known.Name == receiver);
        var traces = status.Signals.Single(known => known.Signal == Otlp.OtlpSignal.Traces);
        return (traces.Accepted, traces.Refused.Values.Sum());
    }

    public static async Task<RpcStatus> StatusOf(HttpResponseMessage answer)
    {
        Assert.Equal(Protobuf, answer.Content.Headers.ContentType?.MediaType);
        return RpcStatus.Parser.ParseFrom(await answer.Content.ReadAsByteArrayAsync(Cancellation));
    }

    public static byte[] Gzip(byte[] body)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, CompressionLevel.Fastest))
            gzip.Write(body);
        return compressed.ToArray();
    }

    /// <summary>A request of so many bytes at least.</summary>
    public static byte[] LargeBody(int bytes)
    {
        var request = new StandardLoad().Traces(1000);
        var spans = request.ResourceSpans[0].ScopeSpans[0].Spans;
        var copies = spans.ToList();
        while (request.CalculateSize() < bytes)
            spans.AddRange(Enumerable.Repeat(copies, 10).SelectMany(copy => copy));
        return request.ToByteArray();
    }

    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync(CancellationToken.None);
        await _application.DisposeAsync();
        _authority.Dispose();
        Log.Dispose();
    }
}
