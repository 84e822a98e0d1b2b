using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Grpc.Core;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.Receivers.Compression;
using Rotel.TestKit;
using Rotel.TestKit.Telemetry;

namespace Rotel.Receivers.Otlp;

/// <summary>Every content coding, over HTTP and over gRPC: whole, damaged, and as a bomb.</summary>
public sealed class OtlpCompressedRequestTests
{
    private static readonly HttpClient Client = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string> Forms => [.. Compressing.Forms.Keys];

    [Theory]
    [MemberData(nameof(Forms))]
    [Proves("server.compression.more")]
    public async Task WholeBody_Arrives(string form)
    {
        await using var setup = await ReceiverSetup.StartAsync();
        var load = new StandardLoad();

        // The second is large enough, compressed, to go to a background worker.
        foreach (var items in new[] { StandardLoad.ItemsPerRequest, 8_000 })
        {
            var body = Compressing.Compress(form, load.Encode(OtlpSignal.Traces, items));
            using var http = await OtlpExchange.SendAsync(setup, body, encoding: Compressing.Forms[form].ToUpperInvariant());
            using var grpc = await SendGrpcAsync(setup, body, Compressing.Forms[form]);
            Assert.Equal(HttpStatusCode.OK, http.StatusCode);
            Assert.Equal("0", GrpcStatus(grpc));
        }

        await setup.ArrivedAsync(2 * (StandardLoad.ItemsPerRequest + 8_000));
        await setup.NothingHeldAsync();
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public async Task DamagedBody_IsRefusedForGood(string form)
    {
        await using var setup = await ReceiverSetup.StartAsync();
        var body = Compressing.Compress(form, new StandardLoad().Encode(OtlpSignal.Traces));

        foreach (var damaged in new[] { body[..^1], body[..(body.Length / 2)], [.. body, 7], [] })
        {
            using var http = await OtlpExchange.SendAsync(setup, damaged, encoding: Compressing.Forms[form]);
            using var grpc = await SendGrpcAsync(setup, damaged, Compressing.Forms[form]);
            Assert.Equal(HttpStatusCode.BadRequest, http.StatusCode);
            await OtlpExchange.StatusAsync(http, OtlpExchange.Protobuf);
            Assert.Equal(Text(StatusCode.InvalidArgument), GrpcStatus(grpc));
        }

        Assert.Equal(4, setup.Http(OtlpSignal.Traces).Refused(RefusalReason.Malformed));
        Assert.Equal(4, setup.Grpc(OtlpSignal.Traces).Refused(RefusalReason.Malformed));
        await setup.NothingHeldAsync();
    }

    [Theory]
    [MemberData(nameof(Forms))]
    [Proves("server.bombs")]
    public async Task Bomb_IsRefusedWithoutTheMemoryOfItsExpansion(string form)
    {
        // The budget, of which every buffer is taken, is an eighth of what would come out.
        var bomb = Compressing.Compress(form, new byte[64 * 1024 * 1024]);
        var options = ReceiverSetup.AnyPorts();
        options.MaxRequestBodySize = 1024 * 1024;
        await using var setup = await ReceiverSetup.StartAsync(options, budget: 8 * 1024 * 1024);

        using var http = await OtlpExchange.SendAsync(setup, bomb, encoding: Compressing.Forms[form]);
        using var grpc = await SendGrpcAsync(setup, bomb, Compressing.Forms[form]);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, http.StatusCode);
        await OtlpExchange.StatusAsync(http, OtlpExchange.Protobuf);
        Assert.Equal(Text(StatusCode.ResourceExhausted), GrpcStatus(grpc));
        Assert.Equal(1, setup.Http(OtlpSignal.Traces).Refused(RefusalReason.TooLarge));
        await setup.NothingHeldAsync();
    }

    [Fact]
    [Proves("server.bombs")]
    public async Task BombInABomb_IsRefused()
    {
        var bomb = OtlpHttpHandlerTests.Gzip(OtlpHttpHandlerTests.Gzip(new byte[256 * 1024 * 1024]));
        var options = ReceiverSetup.AnyPorts();
        options.MaxRequestBodySize = 1024 * 1024;
        await using var setup = await ReceiverSetup.StartAsync(options, budget: 8 * 1024 * 1024);

        using var answer = await OtlpExchange.SendAsync(setup, bomb, encoding: "gzip, gzip");

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
    }

    [Fact]
    [Proves("server.compression.more")]
    public async Task SeveralCodings_AreUndoneFromTheLast()
    {
        await using var setup = await ReceiverSetup.StartAsync();
        var body = Compressing.Compress("brotli", Compressing.Compress("zstd", Compressing.Compress("zlib", new StandardLoad().Encode(OtlpSignal.Traces))));

        using var answer = await OtlpExchange.SendAsync(setup, body, encoding: "deflate, zstd, br");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await setup.ArrivedAsync(StandardLoad.ItemsPerRequest);
    }

    [Fact]
    public async Task ZstdOfALargeWindow_IsTooLarge()
    {
        await using var setup = await ReceiverSetup.StartAsync();
        var body = Compressing.ZstdOfLargeWindow(new StandardLoad().Encode(OtlpSignal.Traces));

        using var answer = await OtlpExchange.SendAsync(setup, body, encoding: "zstd");

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        await setup.NothingHeldAsync();
    }

    [Fact]
    [Proves("server.grpc.encoding")]
    public async Task GrpcOfAnUnknownCoding_IsUnimplementedAndTellsWhatIsTaken()
    {
        await using var setup = await ReceiverSetup.StartAsync();
        using var answer = await SendGrpcAsync(setup, [1, 2, 3], "snappy");
        Assert.Equal(Text(StatusCode.Unimplemented), GrpcStatus(answer));
        Assert.Equal("identity,gzip,deflate,zstd,br,lz4", Assert.Single(answer.Headers.GetValues("grpc-accept-encoding")));
    }

    private static string Text(StatusCode code) => ((int)code).ToString(CultureInfo.InvariantCulture);

    private static string GrpcStatus(HttpResponseMessage answer) =>
        (answer.Headers.TryGetValues("grpc-status", out var values) ? values : answer.TrailingHeaders.GetValues("grpc-status")).Single();

    private static async Task<HttpResponseMessage> SendGrpcAsync(ReceiverSetup setup, byte[] message, string encoding)
    {
        var frame = new byte[5 + message.Length];
        frame[0] = 1;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), message.Length);
        message.CopyTo(frame, 5);
        using var content = new ByteArrayContent(frame);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(setup.GrpcUri, OtlpSignal.Traces.GrpcPath()))
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        request.Headers.Add("grpc-encoding", encoding);
        return await Watchdog.WaitAsync(Client.SendAsync(request, Cancellation), "an answer", Cancellation);
    }
}
