using Rotel.Exporters.Otlp;
using Rotel.Pipelines;
using Rotel.TestKit;

namespace Rotel.Exporters.Tests.Otlp;

public class GrpcOutcomeTests
{
    /// <summary>Code, and the outcome without and with RetryInfo, as the specification's table has it.</summary>
    public static TheoryData<int, string, string> Codes => new()
    {
        { 1, "Retry", "Retry" },
        { 2, "Rejected", "Rejected" },
        { 3, "Rejected", "Rejected" },
        { 4, "Retry", "Retry" },
        { 5, "Rejected", "Rejected" },
        { 6, "Rejected", "Rejected" },
        { 7, "Rejected", "Rejected" },
        { 8, "Rejected", "Retry" },
        { 9, "Rejected", "Rejected" },
        { 10, "Retry", "Retry" },
        { 11, "Retry", "Retry" },
        { 12, "Rejected", "Rejected" },
        { 13, "Rejected", "Rejected" },
        { 14, "Retry", "Retry" },
        { 15, "Retry", "Retry" },
        { 16, "Rejected", "Rejected" },
    };

    public static TheoryData<string> SizeRefusals =>
    [
        "grpc: received message larger than max (4194305 vs. 4194304)",
        "grpc: received message after decompression larger than max (4194305 vs. 4194304)",
        "Received message larger than max (4194305 vs. 4194304)",
        "Received message exceeds the maximum configured message size.",
        "gRPC message exceeds maximum size 4194304: 4194305",
        "Decompressed gRPC message exceeds maximum size 4194304",
        "Error, decoded message length too large: found 4194305 bytes, the limit is: 4194304 bytes",
    ];

    [Theory]
    [MemberData(nameof(Codes))]
    [Proves("client.grpc.codes")]
    public void Code_WithAndWithoutRetryInfo_MeansWhatTheSpecificationSays(int code, string without, string with)
    {
        var delay = TimeSpan.FromSeconds(3);

        Assert.Equal(without, GrpcOutcome.Of((GrpcCode)code, "busy", null, "d").Kind.ToString());
        var delayed = GrpcOutcome.Of((GrpcCode)code, "busy", delay, "d");
        Assert.Equal(with, delayed.Kind.ToString());
        Assert.Equal(with == "Retry" ? delay : null, delayed.RetryAfter);
    }

    [Theory]
    [MemberData(nameof(SizeRefusals))]
    public void Exhausted_InWordsAboutTheMessageSize_IsTooLarge(string message)
    {
        Assert.Equal(ExportOutcomeKind.TooLarge, GrpcOutcome.Of(GrpcCode.ResourceExhausted, message, null, "d").Kind);
        Assert.Equal(ExportOutcomeKind.TooLarge, GrpcOutcome.Of(GrpcCode.OutOfRange, message, TimeSpan.Zero, "d").Kind);
        Assert.Equal(ExportOutcomeKind.Rejected, GrpcOutcome.Of(GrpcCode.Internal, message, null, "d").Kind);
    }

    [Theory]
    [InlineData("trying to send message larger than max (5 vs. 4)")]
    [InlineData("quota larger than maximum")]
    [InlineData("memory limit exceeded")]
    public void Exhausted_InOtherWords_IsNotTooLarge(string message) =>
        Assert.Equal(ExportOutcomeKind.Rejected, GrpcOutcome.Of(GrpcCode.ResourceExhausted, message, null, "d").Kind);

    [Theory]
    [InlineData(400, "Rejected", "INTERNAL")]
    [InlineData(401, "Rejected", "UNAUTHENTICATED")]
    [InlineData(403, "Rejected", "PERMISSION_DENIED")]
    [InlineData(404, "Rejected", "UNIMPLEMENTED")]
    [InlineData(413, "TooLarge", "413")]
    [InlineData(429, "Retry", "UNAVAILABLE")]
    [InlineData(500, "Rejected", "UNKNOWN")]
    [InlineData(502, "Retry", "UNAVAILABLE")]
    [InlineData(503, "Retry", "UNAVAILABLE")]
    [InlineData(504, "Retry", "UNAVAILABLE")]
    [InlineData(200, "Rejected", "UNKNOWN")]
    public void HttpCode_WithoutAGrpcStatus_IsMappedAsGrpcDoes(int code, string kind, string name)
    {
        var outcome = GrpcOutcome.OfHttp(code, TimeSpan.FromSeconds(2), "d");

        Assert.Equal(kind, outcome.Kind.ToString());
        Assert.Contains(name, outcome.Message, StringComparison.Ordinal);
        Assert.Equal(kind == "Retry" ? TimeSpan.FromSeconds(2) : null, outcome.RetryAfter);
    }
}
