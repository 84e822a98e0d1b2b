using System.Text;
using System.Text.RegularExpressions;
using Google.Protobuf;

namespace Rotel.Receivers.Otlp;

/// <summary>OTLP/JSON as Google.Protobuf writes JSON, with ids in hexadecimal as OTLP has them.</summary>
internal static partial class OtlpJsonBodies
{
    private static readonly JsonFormatter Formatter = new(JsonFormatter.Settings.Default.WithFormatEnumsAsIntegers(true));

    public static byte[] Of(IMessage request) => Encoding.UTF8.GetBytes(Ids().Replace(
        Formatter.Format(request),
        match => $"\"{match.Groups[1].Value}\": \"{Convert.ToHexString(Convert.FromBase64String(match.Groups[2].Value))}\""));

    [GeneratedRegex("\"(traceId|spanId|parentSpanId)\": \"([^\"]*)\"")]
    private static partial Regex Ids();
}
