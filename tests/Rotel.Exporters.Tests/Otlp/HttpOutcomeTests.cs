using System.Text;
using Google.Protobuf;
using Google.Rpc;
using OpenTelemetry.Proto.Collector.Trace.V1;
using Rotel.Exporters.Otlp;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.TestKit;

namespace Rotel.Exporters.Tests.Otlp;

public class HttpOutcomeTests
{
    private const string Protobuf = "application/x-protobuf";

    public static TheoryData<int, string> Codes => new()
    {
        { 200, nameof(ExportOutcomeKind.Delivered) },
        { 202, nameof(ExportOutcomeKind.Delivered) },
        { 204, nameof(ExportOutcomeKind.Delivered) },
        { 301, nameof(ExportOutcomeKind.Rejected) },
        { 307, nameof(ExportOutcomeKind.Rejected) },
        { 400, nameof(ExportOutcomeKind.Rejected) },
        { 401, nameof(ExportOutcomeKind.Rejected) },
        { 403, nameof(ExportOutcomeKind.Rejected) },
        { 404, nameof(ExportOutcomeKind.Rejected) },
        { 408, nameof(ExportOutcomeKind.Rejected) },
        { 413, nameof(ExportOutcomeKind.TooLarge) },
        { 415, nameof(ExportOutcomeKind.Rejected) },
        { 429, nameof(ExportOutcomeKind.Retry) },
        { 500, nameof(ExportOutcomeKind.Rejected) },
        { 501, nameof(ExportOutcomeKind.Rejected) },
        { 502, nameof(ExportOutcomeKind.Retry) },
        { 503, nameof(ExportOutcomeKind.Retry) },
        { 504, nameof(ExportOutcomeKind.Retry) },
        { 505, nameof(ExportOutcomeKind.Rejected) },
    };

    [Theory]
    [MemberData(nameof(Codes))]
    [Proves("client.http.codes")]
    public void Code_WithoutBody_MeansWhatTheSpecificationSays(int code, string kind) =>
        Assert.Equal(kind, HttpOutcome.Of(OtlpSignal.Traces, code, null, default, null, "http://d").Kind.ToString());

    [Fact]
    public void Retry_WithADelay_CarriesIt() =>
        Assert.Equal(TimeSpan.FromSeconds(7), HttpOutcome.Of(OtlpSignal.Traces, 429, null, default, TimeSpan.FromSeconds(7), "http://d").RetryAfter);

    [Fact]
    public void Rejection_WithAProtobufStatus_TellsItsMessage()
    {
        var body = new Status { Code = 3, Message = "span 4 has\r\nno id\u001b[31m" }.ToByteArray();

        var outcome = HttpOutcome.Of(OtlpSignal.Traces, 400, Protobuf, body, null, "http://d/v1/traces");

        Assert.Equal("HTTP 400 from http://d/v1/traces: span 4 has  no id [31m", outcome.Message);
        Assert.Equal(DropReason.DestinationRejected, outcome.Reason);
    }

    [Theory]
    [InlineData("application/json", """{"code":3,"details":[{"a":[1]}],"message":"no id"}""", "no id")]
    [InlineData("application/json", """{"code":3""", "")]
    [InlineData("application/json", """{"message":"\ud800"}""", "\uFFFD")]
    [InlineData("application/json", "[1]", "")]
    [InlineData("text/plain", "no id", "no id")]
    [InlineData("text/html", "<html>no id</html>", "")]
    public void Rejection_WithAnotherBody_TellsWhatIsText(string mediaType, string body, string expected)
    {
        var outcome = HttpOutcome.Of(OtlpSignal.Traces, 400, mediaType, Encoding.UTF8.GetBytes(body), null, "d");

        Assert.Equal(expected.Length == 0 ? "HTTP 400 from d" : $"HTTP 400 from d: {expected}", outcome.Message);
    }

    [Fact]
    public void Rejection_WithALongMessage_IsCut()
    {
        var body = new Status { Message = new string('x', 100_000) }.ToByteArray();

        Assert.InRange(HttpOutcome.Of(OtlpSignal.Traces, 400, Protobuf, body, null, "d").Message!.Length, 500, 600);
    }

    [Theory]
    [InlineData("http: request body too large", nameof(ExportOutcomeKind.TooLarge))]
    [InlineData("request body is not protobuf", nameof(ExportOutcomeKind.Rejected))]
    public void BadRequest_InWordsOfTheCollector_IsTooLarge(string message, string kind) =>
        Assert.Equal(kind, HttpOutcome.Of(OtlpSignal.Traces, 400, Protobuf, new Status { Message = message }.ToByteArray(), null, "d").Kind.ToString());

    [Fact]
    public void Success_WithPartialSuccess_CountsAndTells()
    {
        var body = new ExportTraceServiceResponse { PartialSuccess = new() { RejectedSpans = 3, ErrorMessage = "too old" } }.ToByteArray();

        var outcome = HttpOutcome.Of(OtlpSignal.Traces, 200, Protobuf, body, null, "d");

        Assert.Equal((ExportOutcomeKind.Delivered, 3L, "too old"), (outcome.Kind, outcome.RejectedItems, outcome.Message));
    }

    [Theory]
    [InlineData("text/html")]
    [InlineData("application/json")]
    [InlineData(Protobuf)]
    [InlineData(null)]
    public void Success_WithABodyThatIsNoAnswer_IsDelivered(string? mediaType)
    {
        var outcome = HttpOutcome.Of(OtlpSignal.Traces, 200, mediaType, [0xFF, 0xFF, 0xFF, 0x07, 0x01], null, "d");

        Assert.Equal((ExportOutcomeKind.Delivered, 0L, null), (outcome.Kind, outcome.RejectedItems, outcome.Message));
    }
}
