using System.Buffers.Text;
using System.Text;
using static Rotel.Exporters.Datadog.Traces.AttributeKey;

namespace Rotel.Exporters.Datadog.Traces;

/// <summary>The status of a call over gRPC: a number, or its name (https://grpc.io/docs/guides/status-codes/).</summary>
internal static class GrpcStatus
{
    private static readonly AttributeKey[] Keys = [RpcGrpcStatusCode, GrpcCode, RpcGrpcStatusDotCode, GrpcStatusDotCode];

    private static readonly byte[][] Names =
    [
        [.. "OK"u8], [.. "CANCELLED"u8], [.. "UNKNOWN"u8], [.. "INVALID_ARGUMENT"u8], [.. "DEADLINE_EXCEEDED"u8], [.. "NOT_FOUND"u8],
        [.. "ALREADY_EXISTS"u8], [.. "PERMISSION_DENIED"u8], [.. "RESOURCE_EXHAUSTED"u8], [.. "FAILED_PRECONDITION"u8], [.. "ABORTED"u8],
        [.. "OUT_OF_RANGE"u8], [.. "UNIMPLEMENTED"u8], [.. "INTERNAL"u8], [.. "UNAVAILABLE"u8], [.. "DATA_LOSS"u8], [.. "UNAUTHENTICATED"u8],
    ];

    /// <summary>What the sender says, a number in decimal; empty when nothing.</summary>
    public static ReadOnlySpan<byte> Of(in SpanFacts span, Span<byte> room)
    {
        foreach (var key in Keys)
        {
            if (span.Has(key) && Of(span, key, room) is { IsEmpty: false } status)
                return status;
        }

        // Other systems have status codes of their own under this name.
        return span.Text(RpcSystemName, RpcSystem).SequenceEqual("grpc"u8) ? Of(span, RpcResponseStatusCode, room) : default;
    }

    /// <summary>The number of a name; what is no name stays.</summary>
    public static ReadOnlySpan<byte> NumberOf(ReadOnlySpan<byte> status, Span<byte> room)
    {
        if (status.IsEmpty)
            return status;
        for (var code = 0; code < Names.Length; code++)
        {
            if (!Ascii.EqualsIgnoreCase(status, Names[code]))
                continue;
            Utf8Formatter.TryFormat(code, room, out var length);
            return room[..length];
        }

        return status;
    }

    private static ReadOnlySpan<byte> Of(in SpanFacts span, AttributeKey key, Span<byte> room)
    {
        if (span.Text(key) is { IsEmpty: false } text)
            return text;
        if (!span.TryGetInteger(key, out var code))
            return default;
        Utf8Formatter.TryFormat(code, room, out var length);
        return room[..length];
    }
}
