using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Rotel.Otlp;
using Rotel.Otlp.Json;
using Rotel.TestKit;
using Rotel.TestKit.Telemetry;

namespace Rotel.Core.Tests.Otlp.Json;

/// <summary>
/// OTLP/JSON against Google.Protobuf's JSON of the same message, whose only differences are the deviations that OTLP lists: ids are
/// hexadecimal. Enums as integers is a setting of its formatter.
/// </summary>
public sealed class OtlpJsonOracleTests
{
    private const int Bodies = 100;

    private static readonly JsonFormatter Formatter = new(JsonFormatter.Settings.Default.WithFormatEnumsAsIntegers(true));

    private static readonly JsonDocumentOptions Deep = new() { MaxDepth = 512 };

    [Theory]
    [InlineData(OtlpSignal.Traces, false)]
    [InlineData(OtlpSignal.Traces, true)]
    [InlineData(OtlpSignal.Metrics, false)]
    [InlineData(OtlpSignal.Metrics, true)]
    [InlineData(OtlpSignal.Logs, false)]
    [InlineData(OtlpSignal.Logs, true)]
    [Proves("json.oracle")]
    public void Write_AnyBody_IsTheJsonOfGoogleProtobufWithOtlpsDeviations(OtlpSignal signal, bool reshape)
    {
        using var writer = new OtlpJsonWriter();
        for (var seed = 0; seed < Bodies; seed++)
        {
            var request = new TelemetryGenerator(seed).Request(signal);
            var body = request.ToByteArray();
            if (reshape)
                body = new WireReshaper(seed).Reshape(body, request.Descriptor).Bytes;
            var expected = JsonNode.Parse(Formatter.Format(request), documentOptions: Deep);
            HexIds(expected);

            var destination = new ArrayBufferWriter<byte>();
            writer.Write(signal, body, destination);
            var actual = JsonNode.Parse(destination.WrittenSpan, documentOptions: Deep);

            Assert.True(
                JsonNode.DeepEquals(expected, actual),
                $"seed {seed}\nexpected {expected?.ToJsonString()}\nactual   {Encoding.UTF8.GetString(destination.WrittenSpan)}");
            Assert.DoesNotContain((byte)'\n', destination.WrittenSpan.ToArray());
        }
    }

    private static void HexIds(JsonNode? node)
    {
        if (node is JsonArray array)
        {
            foreach (var element in array)
                HexIds(element);
        }
        else if (node is JsonObject fields)
        {
            foreach (var (name, value) in fields.ToList())
            {
                if (name is "traceId" or "spanId" or "parentSpanId")
                    fields[name] = Convert.ToHexStringLower(Convert.FromBase64String(value!.GetValue<string>()));
                else
                    HexIds(value);
            }
        }
    }
}
