using System.Buffers;
using Rotel.Otlp;
using Rotel.Otlp.Json;

namespace Rotel.Benchmarks;

/// <summary>The bodies of <see cref="Bodies"/> as OTLP/JSON.</summary>
internal static class JsonBodies
{
    public static byte[][] Of(OtlpSignal signal)
    {
        using var writer = new OtlpJsonWriter();
        return [.. Bodies.Of(signal).Select(body =>
        {
            var text = new ArrayBufferWriter<byte>();
            writer.Write(signal, body, text);
            return text.WrittenSpan.ToArray();
        })];
    }
}
