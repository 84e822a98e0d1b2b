using System.Buffers;
using System.Text;
using System.Text.Json.Nodes;
using Google.Protobuf;
using OpenTelemetry.Proto.Collector.Logs.V1;
using OpenTelemetry.Proto.Collector.Metrics.V1;
using OpenTelemetry.Proto.Collector.Profiles.V1Development;
using OpenTelemetry.Proto.Collector.Trace.V1;
using Rotel.Core.Tests.Otlp.Wire;
using Rotel.Otlp;

namespace Rotel.Core.Tests.Otlp;

public sealed class ExportResponseTests
{
    public static TheoryData<OtlpSignal, long, string> Responses
    {
        get
        {
            var data = new TheoryData<OtlpSignal, long, string>();
            foreach (var signal in Enum.GetValues<OtlpSignal>())
            {
                data.Add(signal, 0, "");
                data.Add(signal, 3, "");
                data.Add(signal, 0, "please send smaller batches, größer is refused");
                data.Add(signal, long.MaxValue, new string('x', 300));
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Responses))]
    public void Write_Response_IsWhatGoogleProtobufReadsForTheSignal(OtlpSignal signal, long rejected, string message)
    {
        var response = new ExportResponse(rejected, message);
        var bytes = new ArrayBufferWriter<byte>();
        var json = new ArrayBufferWriter<byte>();

        response.Write(bytes);
        response.WriteJson(signal, json);

        var oracle = Oracle(signal, rejected, message);
        Assert.Equal(oracle.ToByteArray(), bytes.WrittenSpan);
        Assert.Equal(response, ExportResponse.Read(bytes.WrittenSpan));
        var expected = JsonFormatter.Default.Format(oracle);
        Assert.True(
            JsonNode.DeepEquals(JsonNode.Parse(expected), JsonNode.Parse(json.WrittenSpan)),
            $"{expected}\n{Encoding.UTF8.GetString(json.WrittenSpan)}");
        Assert.Equal(response, ExportResponse.ReadJson(signal, json.WrittenSpan));
    }

    [Theory]
    [InlineData("", 0, "")]
    [InlineData("{}", 0, "")]
    [InlineData("""{"partialSuccess":null}""", 0, "")]
    [InlineData("""{"partialSuccess":{}}""", 0, "")]
    [InlineData("""{"partialSuccess":[{"rejectedSpans":1}]}""", 0, "")]
    [InlineData("""{"partial_success":{"rejectedSpans":1}}""", 0, "")]
    [InlineData("""{"partialSuccess":{"rejectedSpans":7,"x":{"a":[]},"errorMessage":"\u00fc"},"y":[{}]}""", 7, "ü")]
    [InlineData("""{"partialSuccess":{"rejectedSpans":"7","rejectedDataPoints":"9"}}""", 7, "")]
    [InlineData("""{"partialSuccess":{"rejectedSpans":-7}}""", 0, "")]
    [InlineData("""{"partialSuccess":{"rejectedSpans":"7"}""", 0, "")]
    [InlineData("<html>ok</html>", 0, "")]
    public void ReadJson_WhatPeersSend_IsAPartialSuccessOrNone(string json, long rejected, string message) =>
        Assert.Equal(new ExportResponse(rejected, message), ExportResponse.ReadJson(OtlpSignal.Traces, Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void Write_FullSuccess_IsNoBytesAndAnEmptyObject()
    {
        var bytes = new ArrayBufferWriter<byte>();
        var json = new ArrayBufferWriter<byte>();

        default(ExportResponse).Write(bytes);
        default(ExportResponse).WriteJson(OtlpSignal.Logs, json);

        Assert.Equal(0, bytes.WrittenCount);
        Assert.Equal("{}"u8, json.WrittenSpan);
    }

    [Fact]
    public void Read_PartialSuccessInPieces_Merges()
    {
        var body = new WireBytes()
            .Message(1, new WireBytes().Varint(1, 5).Text(2, "old"))
            .Varint(77, 1)
            .Message(1, new WireBytes().Text(2, "new"))
            .ToArray();

        Assert.Equal(new ExportResponse(5, "new"), ExportResponse.Read(body));
    }

    [Fact]
    public void Read_EmptyPartialSuccess_MeansFullSuccess() =>
        Assert.False(ExportResponse.Read(new WireBytes().Bytes(1).ToArray()).IsPartialSuccess);

    [Fact]
    public void Read_BytesThatAreNoResponse_AreNoPartialSuccess()
    {
        Assert.False(ExportResponse.Read("<html>ok</html>"u8).IsPartialSuccess);
        var brokenLater = new WireBytes().Message(1, new WireBytes().Varint(1, 9)).Raw(0x0A, 0x7F).ToArray();
        Assert.False(ExportResponse.Read(brokenLater).IsPartialSuccess);
        for (var seed = 0; seed < 2_000; seed++)
        {
            var random = new Random(seed);
            var garbage = new byte[random.Next(100)];
            random.NextBytes(garbage);

            Assert.InRange(ExportResponse.Read(garbage).Rejected, 0, long.MaxValue);
        }
    }

    [Fact]
    public void Read_NegativeCountAndEndlessMessage_AreBounded()
    {
        var body = new WireBytes().Message(1, new WireBytes().Varint(1, ulong.MaxValue).Text(2, new string('m', 1_000_000))).ToArray();

        var response = ExportResponse.Read(body);

        Assert.Equal(0, response.Rejected);
        Assert.Equal(BoundedText.MaxBytes, response.Message.Length);
    }

    private static IMessage Oracle(OtlpSignal signal, long rejected, string message)
    {
        var partial = rejected != 0 || message.Length > 0;
        return signal switch
        {
            OtlpSignal.Traces => new ExportTraceServiceResponse
            {
                PartialSuccess = partial ? new ExportTracePartialSuccess { RejectedSpans = rejected, ErrorMessage = message } : null,
            },
            OtlpSignal.Metrics => new ExportMetricsServiceResponse
            {
                PartialSuccess = partial ? new ExportMetricsPartialSuccess { RejectedDataPoints = rejected, ErrorMessage = message } : null,
            },
            OtlpSignal.Logs => new ExportLogsServiceResponse
            {
                PartialSuccess = partial ? new ExportLogsPartialSuccess { RejectedLogRecords = rejected, ErrorMessage = message } : null,
            },
            _ => new ExportProfilesServiceResponse
            {
                PartialSuccess = partial ? new ExportProfilesPartialSuccess { RejectedProfiles = rejected, ErrorMessage = message } : null,
            },
        };
    }
}
