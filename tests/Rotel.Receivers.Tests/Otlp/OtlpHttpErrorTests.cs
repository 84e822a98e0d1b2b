using System.Text;
using Grpc.Core;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.Receivers.Compression;
using Rotel.TestKit;
using Rotel.TestKit.Telemetry;
using RetryInfo = Google.Rpc.RetryInfo;

namespace Rotel.Receivers.Otlp;

/// <summary>Every error of OTLP/HTTP from routing on, in both encodings.</summary>
public sealed class OtlpHttpErrorTests
{
    private const string Valid = "valid";

    private static readonly (string What, string Method, string Path, string Body, string? Encoding, int Status, StatusCode Code)[] Errors =
    [
        ("unknown path", "POST", "/v1/spans", Valid, null, 404, StatusCode.NotFound),
        ("signal without exporter", "POST", "/v1/metrics", Valid, null, 404, StatusCode.NotFound),
        ("put", "PUT", "/v1/traces", Valid, null, 405, StatusCode.Unimplemented),
        ("options without a policy", "OPTIONS", "/v1/traces", Valid, null, 405, StatusCode.Unimplemented),
        ("unknown encoding", "POST", "/v1/traces", Valid, "snappy", 415, StatusCode.Unimplemented),
        ("not what it says", "POST", "/v1/traces", Valid, "gzip", 400, StatusCode.InvalidArgument),
        ("not the second of two", "POST", "/v1/traces", Valid, "zstd, identity", 400, StatusCode.InvalidArgument),
        ("undecodable", "POST", "/v1/traces", "broken", null, 400, StatusCode.InvalidArgument),
        ("too large", "POST", "/v1/traces", "large", null, 413, StatusCode.ResourceExhausted),
        ("too large once decompressed", "POST", "/v1/traces", "large", "zstd", 413, StatusCode.ResourceExhausted),
    ];

    public static TheoryData<string, string> Rows => new(
        Errors.SelectMany(error => new[] { (error.What, OtlpExchange.Protobuf), (error.What, OtlpExchange.Json) }));

    [Theory]
    [MemberData(nameof(Rows))]
    [Proves("server.http.same_type")]
    [Proves("server.http.status")]
    public async Task Error_InEitherEncoding_IsAStatusInTheSame(string what, string contentType)
    {
        var error = Errors.Single(error => error.What == what);
        var options = ReceiverSetup.AnyPorts();
        options.MaxRequestBodySize = 100_000;
        await using var setup = await ReceiverSetup.StartAsync(options, signals: [OtlpSignal.Traces, OtlpSignal.Logs]);
        var isJson = contentType == OtlpExchange.Json;
        var body = error.Body switch
        {
            "broken" => isJson ? "{\"resourceSpans\":[{]}"u8.ToArray() : [0x0a, 0x7f, 0x01],
            "large" => Encoding.ASCII.GetBytes(isJson ? $"{{{new string(' ', 200_000)}}}" : new string('\u0001', 200_000)),
            _ => isJson ? "{}"u8.ToArray() : new StandardLoad().Encode(OtlpSignal.Traces, 1),
        };
        if (error.Body == "large" && error.Encoding is not null)
            body = Compressing.Compress(error.Encoding, body);

        using var answer = await OtlpExchange.SendAsync(setup, body, $"{contentType}; charset=utf-8", error.Encoding, error.Path, error.Method);

        Assert.Equal(error.Status, (int)answer.StatusCode);
        Assert.Equal((int)error.Code, (await OtlpExchange.StatusAsync(answer, contentType)).Code);
        Assert.Equal(error.Status == 405 ? ["POST"] : [], answer.Content.Headers.Allow);
        Assert.Equal(error.Encoding == "snappy", answer.Headers.Contains("Accept-Encoding"));
        await setup.NothingHeldAsync();
    }

    [Theory]
    [InlineData("text/plain", null, OtlpExchange.Protobuf)]
    [InlineData("text/plain", "*/*", OtlpExchange.Protobuf)]
    [InlineData("text/plain", "application/json", OtlpExchange.Json)]
    [InlineData(null, "Application/JSON;q=0.9", OtlpExchange.Json)]
    [InlineData("application/grpc", "application/json, application/x-protobuf", OtlpExchange.Protobuf)]
    [InlineData("application/x-protobufs", null, OtlpExchange.Protobuf)]
    [Proves("server.http.status")]
    public async Task UnknownType_IsAnsweredAsAcceptAsks(string? contentType, string? accept, string expected)
    {
        await using var setup = await ReceiverSetup.StartAsync();

        using var answer = await OtlpExchange.SendAsync(
            setup, [], contentType, configure: request => request.Headers.TryAddWithoutValidation("Accept", accept));

        Assert.Equal(415, (int)answer.StatusCode);
        await OtlpExchange.StatusAsync(answer, expected);
        Assert.Equal("application/x-protobuf, application/json", string.Join(", ", answer.Headers.GetValues("Accept-Post")));
        Assert.Equal("application/x-protobuf, application/json", string.Join(", ", answer.Headers.GetValues("Accept")));
        Assert.Equal(1, setup.Http(OtlpSignal.Traces).Refused(RefusalReason.Unsupported));
    }

    [Theory]
    [InlineData(OtlpExchange.Protobuf)]
    [InlineData(OtlpExchange.Json)]
    [Proves("server.http.overload")]
    public async Task NoRoom_IsAnsweredWithRetryAfterAndRetryInfo(string contentType)
    {
        var options = ReceiverSetup.AnyPorts();
        options.AdmissionTimeout = TimeSpan.FromMilliseconds(50);
        await using var setup = await ReceiverSetup.StartAsync(options, queueBytes: 1);
        var held = setup.Exporter.Hold();
        var load = new StandardLoad();
        var body = contentType == OtlpExchange.Json ? OtlpJsonBodies.Of(load.Traces(1)) : load.Encode(OtlpSignal.Traces);

        using var first = await OtlpExchange.SendAsync(setup, body, contentType);
        using var second = await OtlpExchange.SendAsync(setup, body, contentType);
        held.SetResult(ExportOutcome.Delivered());

        Assert.Equal((200, 503), ((int)first.StatusCode, (int)second.StatusCode));
        Assert.Equal(TimeSpan.FromSeconds(1), second.Headers.RetryAfter?.Delta);
        var status = await OtlpExchange.StatusAsync(second, contentType);
        Assert.Equal((int)StatusCode.Unavailable, status.Code);
        Assert.Equal(TimeSpan.FromSeconds(1), status.Details.Single().Unpack<RetryInfo>().RetryDelay.ToTimeSpan());
    }

    [Fact]
    public async Task Head_IsRefusedWithoutABody()
    {
        await using var setup = await ReceiverSetup.StartAsync();
        using var answer = await OtlpExchange.SendAsync(setup, null, method: "HEAD");
        Assert.Equal(405, (int)answer.StatusCode);
    }
}
