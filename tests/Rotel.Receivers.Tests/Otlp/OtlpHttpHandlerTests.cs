using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Google.Protobuf;
using Grpc.Core;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.TestKit;
using Rotel.TestKit.Telemetry;
using RpcStatus = Google.Rpc.Status;

namespace Rotel.Receivers.Otlp;

public sealed class OtlpHttpHandlerTests
{
    private static readonly HttpClient Client = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public enum Framing
    {
        ContentLength,
        Chunked,
    }

    [Theory]
    [InlineData(OtlpSignal.Traces, Framing.ContentLength, false)]
    [InlineData(OtlpSignal.Traces, Framing.Chunked, false)]
    [InlineData(OtlpSignal.Metrics, Framing.ContentLength, true)]
    [InlineData(OtlpSignal.Logs, Framing.Chunked, true)]
    [InlineData(OtlpSignal.Logs, Framing.ContentLength, false)]
    [Proves("server.signals")]
    [Proves("server.compression")]
    [Proves("server.http.success")]
    public async Task Post_ValidBody_ArrivesWhole(OtlpSignal signal, Framing framing, bool gzip)
    {
        await using var setup = await ReceiverSetup.StartAsync();
        var request = new StandardLoad().Next(signal);

        using var answer = await PostAsync(setup, signal, request.ToByteArray(), framing, gzip);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("application/x-protobuf", answer.Content.Headers.ContentType?.ToString());
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync(Cancellation));
        await setup.ArrivedAsync(StandardLoad.ItemsPerRequest);
        Assert.Equal(OtlpItems.Keys(request), setup.Exporter.Keys(signal));
        Assert.Equal(StandardLoad.ItemsPerRequest, setup.Http(signal).Accepted);
    }

    [Theory]
    [InlineData("application/x-protobuf; charset=utf-8")]
    [InlineData("Application/X-Protobuf")]
    [InlineData("application/x-protobuf;q=1")]
    [Proves("server.media_type")]
    public async Task Post_ContentTypeWithParametersOrInAnyCase_IsTaken(string contentType)
    {
        await using var setup = await ReceiverSetup.StartAsync();
        using var answer = await SendAsync(setup, "/v1/traces", HttpMethod.Post, new StandardLoad().Encode(OtlpSignal.Traces), contentType);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    [Proves("server.http.empty")]
    public async Task Post_EmptyRequest_Succeeds()
    {
        await using var setup = await ReceiverSetup.StartAsync();
        using var answer = await SendAsync(setup, "/v1/logs", HttpMethod.Post, []);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task Post_SeveralGzipMembers_AreOneBody()
    {
        await using var setup = await ReceiverSetup.StartAsync();
        var load = new StandardLoad();
        byte[] body = [.. Gzip(load.Encode(OtlpSignal.Traces, 3)), .. Gzip(load.Encode(OtlpSignal.Traces, 4))];

        using var answer = await SendAsync(setup, "/v1/traces", HttpMethod.Post, body, encoding: "gzip");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await setup.ArrivedAsync(7);
    }

    public static TheoryData<string, string, string, string?, string?, int, StatusCode> Refusals => new()
    {
        { "unknown path", "POST", "/v1/spans", "application/x-protobuf", null, 404, StatusCode.NotFound },
        { "root", "GET", "/", null, null, 404, StatusCode.NotFound },
        { "signal without exporter", "POST", "/v1/metrics", "application/x-protobuf", null, 404, StatusCode.NotFound },
        { "trailing slash", "POST", "/v1/traces/", "application/x-protobuf", null, 404, StatusCode.NotFound },
        { "method", "GET", "/v1/traces", null, null, 405, StatusCode.Unimplemented },
        { "method with body", "PUT", "/v1/traces", "application/x-protobuf", null, 405, StatusCode.Unimplemented },
        { "type", "POST", "/v1/traces", "text/plain", null, 415, StatusCode.Unimplemented },
        { "no type", "POST", "/v1/traces", null, null, 415, StatusCode.Unimplemented },
        { "encoding", "POST", "/v1/traces", "application/x-protobuf", "snappy", 415, StatusCode.Unimplemented },
        { "one encoding of two", "POST", "/v1/traces", "application/x-protobuf", "gzip, snappy", 415, StatusCode.Unimplemented },
        { "too many encodings", "POST", "/v1/traces", "application/x-protobuf", "gzip, gzip, gzip, gzip", 415, StatusCode.Unimplemented },
        { "not gzip", "POST", "/v1/traces", "application/x-protobuf", "gzip", 400, StatusCode.InvalidArgument },
    };

    [Theory]
    [MemberData(nameof(Refusals))]
    [Proves("server.http.routing")]
    public async Task Request_NotServed_IsAnsweredWithStatus(
        string what, string method, string path, string? contentType, string? encoding, int expected, StatusCode code)
    {
        await using var setup = await ReceiverSetup.StartAsync(signals: [OtlpSignal.Traces, OtlpSignal.Logs]);
        var body = method == "GET" ? null : new StandardLoad().Encode(OtlpSignal.Traces, 1);

        using var answer = await SendAsync(setup, path, new HttpMethod(method), body, contentType, encoding);

        await AssertRefusedAsync(answer, expected, code);
        Assert.Equal(expected == 405 ? ["POST"] : [], answer.Content.Headers.Allow);
        Assert.False(answer.Headers.Contains("Server"), what);
        await setup.NothingHeldAsync();
    }

    public static TheoryData<string, byte[], string?> MalformedBodies()
    {
        var body = new StandardLoad().Encode(OtlpSignal.Traces);
        var gzip = Gzip(body);
        var wrongSum = (byte[])gzip.Clone();
        wrongSum[^6] ^= 1;

        // Cut where a resource ends: what is left is valid OTLP, and only the end of the gzip tells that half is missing.
        var twice = GzipStored([.. body, .. body]);
        return new TheoryData<string, byte[], string?>
        {
            { "not protobuf", "{\"resourceSpans\":[]}"u8.ToArray(), null },
            { "cut protobuf", body[..^1], null },
            { "cut gzip", gzip[..^9], "gzip" },
            { "gzip without its trailer", gzip[..^8], "gzip" },
            { "gzip with a wrong checksum", wrongSum, "gzip" },
            { "bytes behind the gzip", [.. gzip, 1, 2, 3], "gzip" },
            { "gzip cut between resources", twice[..(15 + body.Length)], "gzip" },
            { "empty gzip", [], "gzip" },
            { "gzip header alone", gzip[..10], "gzip" },
        };
    }

    [Theory]
    [MemberData(nameof(MalformedBodies))]
    [Proves("server.http.malformed")]
    public async Task Post_MalformedBody_IsRefusedForGood(string what, byte[] body, string? encoding)
    {
        await using var setup = await ReceiverSetup.StartAsync();

        using var answer = await SendAsync(setup, "/v1/traces", HttpMethod.Post, body, encoding: encoding);

        await AssertRefusedAsync(answer, 400, StatusCode.InvalidArgument);
        Assert.True(setup.Http(OtlpSignal.Traces).Refused(RefusalReason.Malformed) == 1, what);
        Assert.Equal(0, setup.Exporter.Count);
        await setup.NothingHeldAsync();
    }

    [Theory]
    [InlineData(Framing.ContentLength, false)]
    [InlineData(Framing.Chunked, false)]
    [InlineData(Framing.ContentLength, true)]
    [InlineData(Framing.Chunked, true)]
    [Proves("server.limit")]
    [Proves("server.limit.http")]
    public async Task Post_BodyOverLimit_Is413(Framing framing, bool gzip)
    {
        var options = ReceiverSetup.AnyPorts();
        options.MaxRequestBodySize = 20_000;
        await using var setup = await ReceiverSetup.StartAsync(options);

        using var answer = await PostAsync(setup, OtlpSignal.Traces, new StandardLoad().Encode(OtlpSignal.Traces), framing, gzip);

        await AssertRefusedAsync(answer, 413, StatusCode.ResourceExhausted);
        Assert.Equal(1, setup.Http(OtlpSignal.Traces).Refused(RefusalReason.TooLarge));
        await setup.NothingHeldAsync();
    }

    [Fact]
    [Proves("server.limit")]
    public async Task Post_BodyAtLimit_IsTaken()
    {
        var body = new StandardLoad().Encode(OtlpSignal.Traces);
        var options = ReceiverSetup.AnyPorts();
        options.MaxRequestBodySize = body.Length;
        await using var setup = await ReceiverSetup.StartAsync(options);

        foreach (var framing in Enum.GetValues<Framing>())
        {
            using var plain = await PostAsync(setup, OtlpSignal.Traces, body, framing, gzip: false);
            using var gzip = await PostAsync(setup, OtlpSignal.Traces, body, framing, gzip: true);
            Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (plain.StatusCode, gzip.StatusCode));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Post_GzipBomb_IsRefusedWithoutTheMemoryOfItsExpansion(bool lies)
    {
        // 64 MiB of zeros in 64 KiB, with an honest trailer or one that claims nothing.
        var bomb = Gzip(new byte[64 * 1024 * 1024]);
        if (lies)
            bomb.AsSpan(bomb.Length - 4).Clear();
        var options = ReceiverSetup.AnyPorts();
        options.MaxRequestBodySize = 1024 * 1024;
        await using var setup = await ReceiverSetup.StartAsync(options, budget: 4 * 1024 * 1024);

        using var answer = await SendAsync(setup, "/v1/traces", HttpMethod.Post, bomb, encoding: "gzip");

        await AssertRefusedAsync(answer, 413, StatusCode.ResourceExhausted);
        await setup.NothingHeldAsync();
    }

    [Fact]
    public async Task Post_NoRoomInQueue_Is503WithRetryAfter()
    {
        var options = ReceiverSetup.AnyPorts();
        options.AdmissionTimeout = TimeSpan.FromMilliseconds(50);
        await using var setup = await ReceiverSetup.StartAsync(options, queueBytes: 1);
        var held = setup.Exporter.Hold();
        var body = new StandardLoad().Encode(OtlpSignal.Traces);

        using var first = await PostAsync(setup, OtlpSignal.Traces, body, Framing.ContentLength, gzip: false);
        using var second = await PostAsync(setup, OtlpSignal.Traces, body, Framing.ContentLength, gzip: false);

        Assert.Equal(HttpStatusCode.OK, first.StatusCode);
        await AssertRefusedAsync(second, 503, StatusCode.Unavailable);
        Assert.Equal(TimeSpan.FromSeconds(1), second.Headers.RetryAfter?.Delta);
        held.SetResult(ExportOutcome.Delivered());
    }

    [Theory]
    [InlineData(Framing.ContentLength)]
    [InlineData(Framing.Chunked)]
    public async Task Post_NoRoomInBudget_Is503BeforeBodyIsRead(Framing framing)
    {
        var options = ReceiverSetup.AnyPorts();
        options.AdmissionTimeout = TimeSpan.FromMilliseconds(50);
        await using var setup = await ReceiverSetup.StartAsync(options, budget: 100_000);
        Assert.True(setup.Pool.TryRent(80_000, out var elsewhere));

        using var answer = await PostAsync(setup, OtlpSignal.Traces, new StandardLoad().Encode(OtlpSignal.Traces), framing, gzip: false);

        await AssertRefusedAsync(answer, 503, StatusCode.Unavailable);
        elsewhere.Dispose();
    }

    [Theory]
    [InlineData(AcknowledgementOutcome.Delivered, 200)]
    [InlineData(AcknowledgementOutcome.Rejected, 400)]
    [InlineData(AcknowledgementOutcome.Never, 503)]
    public async Task Post_AcknowledgedOnDelivery_AnswersWhatTheDestinationSaid(AcknowledgementOutcome outcome, int expected)
    {
        var options = ReceiverSetup.AnyPorts();
        options.Acknowledgement = AcknowledgementMode.Delivered;
        options.AcknowledgementTimeout = outcome == AcknowledgementOutcome.Never ? TimeSpan.FromMilliseconds(50) : TimeSpan.FromSeconds(30);
        await using var setup = await ReceiverSetup.StartAsync(options);
        var held = setup.Exporter.Hold();
        if (outcome != AcknowledgementOutcome.Never)
            held.SetResult(outcome == AcknowledgementOutcome.Delivered ? ExportOutcome.Delivered() : ExportOutcome.Rejected("no"));

        using var answer = await PostAsync(
            setup, OtlpSignal.Traces, new StandardLoad().Encode(OtlpSignal.Traces), Framing.ContentLength, gzip: false);

        Assert.Equal(expected, (int)answer.StatusCode);
        held.TrySetResult(ExportOutcome.Delivered());
    }

    public enum AcknowledgementOutcome
    {
        Delivered,
        Rejected,
        Never,
    }

    [Theory]
    [InlineData("Content-Length: 50000", "abc", true, "sender_gone")]
    [InlineData("Transfer-Encoding: chunked", "5\r\nab", true, "malformed")]
    [InlineData("Transfer-Encoding: chunked", "zz\r\n", false, "malformed")]
    public async Task Post_BrokenOff_HoldsNothing(string framing, string body, bool hangsUp, string reason)
    {
        var setup = await ReceiverSetup.StartAsync();
        using (var socket = new TcpClient())
        {
            await socket.ConnectAsync(setup.HttpEndpoint, Cancellation);
            var stream = socket.GetStream();
            var head = $"POST /v1/traces HTTP/1.1\r\nHost: rotel\r\nContent-Type: application/x-protobuf\r\nExpect: 100-continue\r\n{framing}\r\n\r\n";
            await stream.WriteAsync(Encoding.ASCII.GetBytes(head), Cancellation);

            // The server says so when the body is asked for. Who hangs up before that may not be a request at all.
            await stream.ReadExactlyAsync(new byte["HTTP/1.1 100 Continue\r\n\r\n".Length], Cancellation);
            await stream.WriteAsync(Encoding.ASCII.GetBytes(body), Cancellation);
            if (hangsUp)
                socket.Client.Shutdown(SocketShutdown.Send);
            try
            {
                await Watchdog.WaitAsync(stream.CopyToAsync(Stream.Null, Cancellation), "the connection closed", Cancellation);
            }
            catch (IOException)
            {
                // Closed by a reset, which is as good.
            }
        }

        // The connection may close before its request is over; stopping waits for both.
        await setup.DisposeAsync();
        Assert.Equal(1, setup.Http(OtlpSignal.Traces).Refused(Reason(reason)));
    }

    private static RefusalReason Reason(string name) => Enum.GetValues<RefusalReason>().Single(reason => reason.Name() == name);

    private static async Task AssertRefusedAsync(HttpResponseMessage answer, int expected, StatusCode code)
    {
        Assert.Equal(expected, (int)answer.StatusCode);
        Assert.Equal("application/x-protobuf", answer.Content.Headers.ContentType?.ToString());
        var status = RpcStatus.Parser.ParseFrom(await answer.Content.ReadAsByteArrayAsync(Cancellation));
        Assert.Equal((int)code, status.Code);
        Assert.NotEmpty(status.Message);
    }

    private static Task<HttpResponseMessage> PostAsync(ReceiverSetup setup, OtlpSignal signal, byte[] body, Framing framing, bool gzip) =>
        SendAsync(
            setup,
            signal.HttpPath(),
            HttpMethod.Post,
            gzip ? Gzip(body) : body,
            encoding: gzip ? "gzip" : null,
            chunked: framing == Framing.Chunked);

    private static async Task<HttpResponseMessage> SendAsync(
        ReceiverSetup setup,
        string path,
        HttpMethod method,
        byte[]? body,
        string? contentType = "application/x-protobuf",
        string? encoding = null,
        bool chunked = false)
    {
        using var request = new HttpRequestMessage(method, new Uri(setup.HttpUri, path));
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            if (contentType is not null)
                request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
            if (encoding is not null)
                request.Content.Headers.TryAddWithoutValidation("Content-Encoding", encoding);
        }

        request.Headers.TransferEncodingChunked = chunked ? true : null;
        return await Watchdog.WaitAsync(Client.SendAsync(request, Cancellation), "an answer", Cancellation);
    }

    internal static byte[] Gzip(byte[] body) => Gzip(body, CompressionLevel.Fastest);

    private static byte[] GzipStored(byte[] body) => Gzip(body, CompressionLevel.NoCompression);

    private static byte[] Gzip(byte[] body, CompressionLevel level)
    {
        using var compressed = new MemoryStream();
        using (var gzip = new GZipStream(compressed, level))
            gzip.Write(body);
        return compressed.ToArray();
    }
}
