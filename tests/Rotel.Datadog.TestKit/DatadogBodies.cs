using System.IO.Compression;
using System.Text.Json;
using MessagePack;
using Rotel.Datadog.TestKit.Metrics;
using Rotel.Datadog.TestKit.Traces;
using ZstdSharp;

namespace Rotel.Datadog.TestKit;

/// <summary>Reads the bodies of requests with code that is not Rotel's.</summary>
internal static class DatadogBodies
{
    public static byte[] Decompress(byte[] body, string? coding)
    {
        using var source = new MemoryStream(body);
        using Stream decoded = coding switch
        {
            null or "" or "identity" => source,
            "gzip" => new GZipStream(source, CompressionMode.Decompress),
            "zstd" => new DecompressionStream(source),
            _ => throw new NotSupportedException($"Content-Encoding {coding}."),
        };
        using var whole = new MemoryStream();
        decoded.CopyTo(whole);
        return whole.ToArray();
    }

    /// <summary>The message and how many items it holds; null for a path that no intake has, or a content type that it does not take.</summary>
    public static (object Message, int Items)? Decode(string path, string? contentType, byte[] body)
    {
        switch (path, contentType)
        {
            case (DatadogPaths.Traces, "application/x-protobuf"):
                var traces = AgentPayload.Parser.ParseFrom(body);
                return (traces, traces.TracerPayloads.SelectMany(tracer => tracer.Chunks).Sum(chunk => chunk.Spans.Count));
            case (DatadogPaths.Series, "application/x-protobuf"):
                var series = MetricPayload.Parser.ParseFrom(body);
                return (series, series.Series.Count);
            case (DatadogPaths.Sketches, "application/x-protobuf"):
                var sketches = SketchPayload.Parser.ParseFrom(body);
                return (sketches, sketches.Sketches.Count);
            case (DatadogPaths.Logs, "application/json"):
                var logs = JsonElement.Parse(body);
                return (logs, logs.GetArrayLength());
            case (DatadogPaths.HostMetadata, "application/json"):
                return (JsonElement.Parse(body), 1);
            case (DatadogPaths.Stats, "application/msgpack"):
                return (MessagePackSerializer.Deserialize<Dictionary<object, object>>(body), 1);
            default:
                return null;
        }
    }
}
