using System.Buffers.Binary;
using System.IO.Compression;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using OpenTelemetry.Proto.Collector.Trace.V1;
using Rotel.Exporters.Otlp;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.TestKit;
using Rotel.TestKit.Telemetry;
using ZstdSharp;

namespace Rotel.Exporters.Tests.Otlp;

/// <summary>The exporter against answers that no well-behaved backend gives, and bytes as they are on the wire.</summary>
public class OtlpRawAnswerTests
{
    private static readonly byte[] PartialSuccess =
        new ExportTraceServiceResponse { PartialSuccess = new() { RejectedSpans = 2, ErrorMessage = "late" } }.ToByteArray();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(OtlpProtocol.Grpc)]
    [InlineData(OtlpProtocol.Http)]
    public async Task Export_WithZstd_SendsOneZstdFrame(OtlpProtocol protocol)
    {
        byte[]? received = null;
        string? coding = null;
        await using var server = await StartAsync(protocol, async context =>
        {
            received = await RawServer.ReadAsync(context);
            coding = context.Request.Headers[protocol == OtlpProtocol.Grpc ? "grpc-encoding" : "Content-Encoding"];
            await AnswerAsync(context, protocol, PartialSuccess, "identity");
        });
        var body = new StandardLoad().Encode(OtlpSignal.Traces);
        var options = Options(server, protocol);
        options.Compression = OtlpCompression.Zstd;

        await OtlpExporterTests.ExportAsync(options, OtlpSignal.Traces, [body, body]);

        Assert.Equal("zstd", coding);
        var message = received!;
        if (protocol == OtlpProtocol.Grpc)
        {
            Assert.Equal(1, message[0]);
            Assert.Equal((uint)message.Length - 5, BinaryPrimitives.ReadUInt32BigEndian(message.AsSpan(1)));
            message = message[5..];
        }

        using var decompressor = new Decompressor();
        Assert.Equal([.. body, .. body], decompressor.Unwrap(message).ToArray());
    }

    [Theory]
    [InlineData(OtlpProtocol.Grpc, "gzip")]
    [InlineData(OtlpProtocol.Grpc, "zstd")]
    [InlineData(OtlpProtocol.Http, "gzip")]
    [InlineData(OtlpProtocol.Http, "zstd")]
    public async Task Export_AnsweredCompressed_ReadsThePartialSuccess(OtlpProtocol protocol, string coding)
    {
        await using var server = await StartAsync(protocol, async context =>
        {
            await RawServer.ReadAsync(context);
            await AnswerAsync(context, protocol, Compressed(coding), coding);
        });

        var outcome = await OtlpExporterTests.ExportAsync(Options(server, protocol), OtlpSignal.Traces);

        Assert.Equal((ExportOutcomeKind.Delivered, 2L, "late"), (outcome.Kind, outcome.RejectedItems, outcome.Message));
    }

    [Theory]
    [InlineData(OtlpProtocol.Grpc)]
    [InlineData(OtlpProtocol.Http)]
    [Proves("client.response_limit")]
    public async Task Export_AnsweredWithoutEnd_StopsReadingAndIsNotRepeated(OtlpProtocol protocol)
    {
        await using var server = await StartAsync(protocol, async context =>
        {
            await RawServer.ReadAsync(context);
            context.Response.ContentType = protocol == OtlpProtocol.Grpc ? "application/grpc" : "application/x-protobuf";
            var block = new byte[64 * 1024];
            while (true)
                await context.Response.Body.WriteAsync(block, context.RequestAborted);
        });

        var outcome = await OtlpExporterTests.ExportAsync(Options(server, protocol), OtlpSignal.Traces);

        Assert.Equal(ExportOutcomeKind.Rejected, outcome.Kind);
        Assert.EndsWith("is longer than 4 MiB", outcome.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Export_RefusedBeforeTheBodyIsRead_GivesTheMemoryBackOnlyUnread()
    {
        // The body is larger than any flow-control window, so it is still being written when the refusal comes.
        await using var server = await StartAsync(OtlpProtocol.Grpc, async context =>
        {
            context.Response.ContentType = "application/grpc";
            context.Response.Headers["grpc-status"] = "8";
            context.Response.Headers["grpc-message"] = "grpc: received message larger than max (5 vs. 4)";
            await context.Response.CompleteAsync();
        });
        var options = Options(server, OtlpProtocol.Grpc);
        options.Compression = OtlpCompression.None;

        var outcome = await OtlpExporterTests.ExportAsync(options, OtlpSignal.Traces, [new byte[16 * 1024 * 1024]]);

        Assert.Equal(ExportOutcomeKind.TooLarge, outcome.Kind);
    }

    [Fact]
    public async Task Export_GrpcAnswerWithoutStatus_IsToBeRepeated()
    {
        await using var server = await StartAsync(OtlpProtocol.Grpc, async context =>
        {
            await RawServer.ReadAsync(context);
            context.Response.ContentType = "application/grpc";
            await context.Response.Body.WriteAsync(new byte[5], context.RequestAborted);
        });

        var outcome = await OtlpExporterTests.ExportAsync(Options(server, OtlpProtocol.Grpc), OtlpSignal.Traces);

        Assert.Equal(ExportOutcomeKind.Retry, outcome.Kind);
    }

    [Theory]
    [InlineData("99")]
    [InlineData("-1")]
    [InlineData("no")]
    public async Task Export_GrpcAnswerWithAnUnknownStatus_IsRejected(string status)
    {
        await using var server = await StartAsync(OtlpProtocol.Grpc, async context =>
        {
            await RawServer.ReadAsync(context);
            context.Response.ContentType = "application/grpc";
            context.Response.Headers["grpc-status"] = status;
            context.Response.Headers["grpc-message"] = "%zz\u00fc%20%C3%A4";
            context.Response.Headers["grpc-status-details-bin"] = "&&&";
        });

        var outcome = await OtlpExporterTests.ExportAsync(Options(server, OtlpProtocol.Grpc), OtlpSignal.Traces);

        Assert.Equal(ExportOutcomeKind.Rejected, outcome.Kind);
        Assert.Contains("UNKNOWN", outcome.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Export_Redirected_IsRejectedAndNotFollowed()
    {
        var requests = 0;
        await using var server = await StartAsync(OtlpProtocol.Http, context =>
        {
            Interlocked.Increment(ref requests);
            context.Response.Redirect("/elsewhere", permanent: true, preserveMethod: true);
            return Task.CompletedTask;
        });

        var outcome = await OtlpExporterTests.ExportAsync(Options(server, OtlpProtocol.Http), OtlpSignal.Traces);

        Assert.Equal((ExportOutcomeKind.Rejected, 1), (outcome.Kind, requests));
    }

    private static OtlpExporterOptions Options(RawServer server, OtlpProtocol protocol) =>
        new() { Endpoint = server.Endpoint, Protocol = protocol };

    private static Task<RawServer> StartAsync(OtlpProtocol protocol, RequestDelegate answer) =>
        RawServer.StartAsync(protocol == OtlpProtocol.Grpc ? HttpProtocols.Http2 : HttpProtocols.Http1, answer);

    private static async Task AnswerAsync(HttpContext context, OtlpProtocol protocol, byte[] message, string coding)
    {
        if (protocol == OtlpProtocol.Http)
        {
            context.Response.ContentType = "application/x-protobuf; charset=utf-8";
            if (coding != "identity")
                context.Response.Headers.ContentEncoding = coding;
            await context.Response.Body.WriteAsync(message, context.RequestAborted);
            return;
        }

        context.Response.ContentType = "application/grpc+proto";
        context.Response.Headers["grpc-encoding"] = coding;
        var prefix = new byte[5];
        prefix[0] = coding == "identity" ? (byte)0 : (byte)1;
        BinaryPrimitives.WriteUInt32BigEndian(prefix.AsSpan(1), (uint)message.Length);
        await context.Response.Body.WriteAsync(prefix, context.RequestAborted);
        await context.Response.Body.WriteAsync(message, context.RequestAborted);
        context.Response.AppendTrailer("grpc-status", "0");
    }

    private static byte[] Compressed(string coding)
    {
        using var compressed = new MemoryStream();
        using (Stream encoder = coding == "gzip" ? new GZipStream(compressed, CompressionLevel.Optimal) : new CompressionStream(compressed))
            encoder.Write(PartialSuccess);
        return compressed.ToArray();
    }
}
