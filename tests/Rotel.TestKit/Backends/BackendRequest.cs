using Google.Protobuf;
using Rotel.Otlp;
using Rotel.TestKit.Telemetry;

namespace Rotel.TestKit.Backends;

/// <summary>One request as an <see cref="OtlpBackend"/> received it, recorded before it is answered.</summary>
public sealed record BackendRequest
{
    public required BackendProtocol Protocol { get; init; }

    public required OtlpSignal Signal { get; init; }

    /// <summary>The path, with whatever prefix the client was given.</summary>
    public required string Path { get; init; }

    /// <summary>The request, parsed by Google.Protobuf, unknown fields kept.</summary>
    public required IMessage Message { get; init; }

    /// <summary>The headers, or the gRPC metadata with the headers of HTTP/2, by lower-case name.</summary>
    public required IReadOnlyDictionary<string, string> Headers { get; init; }

    /// <summary>How the body was compressed: Content-Encoding, or grpc-encoding. Null when it was not named.</summary>
    public required string? ContentEncoding { get; init; }

    /// <summary>The body after decompression; null over gRPC, whose server hands out the parsed message only.</summary>
    public required byte[]? Body { get; init; }

    /// <summary>The size of the uncompressed message in bytes; over gRPC as Google.Protobuf would encode it.</summary>
    public required int MessageBytes { get; init; }

    /// <summary>The keys of its items, see <see cref="OtlpItems.Keys"/>.</summary>
    public required IReadOnlyList<string> ItemKeys { get; init; }

    /// <summary>Spans, data points or log records in it.</summary>
    public int ItemCount => ItemKeys.Count;
}
