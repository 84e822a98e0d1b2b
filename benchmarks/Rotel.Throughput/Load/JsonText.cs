using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Google.Protobuf;

namespace Rotel.Throughput.Load;

/// <summary>
/// OTLP/JSON without spaces, as the JavaScript SDK sends it: the JSON of Google.Protobuf, with enumerations as integers and ids in
/// hexadecimal. The collector's own writer has no part in it.
/// </summary>
internal static class JsonText
{
    private static readonly JsonFormatter Formatter = new(JsonFormatter.Settings.Default.WithFormatEnumsAsIntegers(true));
    private static readonly JsonSerializerOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] Of(IMessage request)
    {
        var node = JsonNode.Parse(Formatter.Format(request))!;
        WriteIdsInHex(node);
        return JsonSerializer.SerializeToUtf8Bytes(node, Compact);
    }

    private static void WriteIdsInHex(JsonNode? node)
    {
        if (node is JsonArray list)
        {
            foreach (var element in list)
                WriteIdsInHex(element);
        }
        else if (node is JsonObject fields)
        {
            foreach (var (key, value) in fields.ToArray())
            {
                if (key is "traceId" or "spanId" or "parentSpanId")
                    fields[key] = Convert.ToHexStringLower(Convert.FromBase64String((string)value!));
                else
                    WriteIdsInHex(value);
            }
        }
    }
}
