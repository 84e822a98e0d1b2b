using System.Buffers.Binary;

namespace Rotel.Exporters.Otlp;

/// <summary>
/// The framing of one gRPC message: a flag that says whether it is compressed, its length in four bytes, big-endian, and the message
/// (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md).
/// </summary>
internal static class GrpcFrame
{
    public const int PrefixLength = 5;

    /// <summary>The prefix of a message.</summary>
    public static byte[] Prefix(bool compressed, long length)
    {
        var prefix = new byte[PrefixLength];
        prefix[0] = compressed ? (byte)1 : (byte)0;
        BinaryPrimitives.WriteUInt32BigEndian(prefix.AsSpan(1), checked((uint)length));
        return prefix;
    }

    /// <summary>Takes the first message out of a body; false when there is no whole one.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> body, out bool compressed, out ReadOnlyMemory<byte> message)
    {
        compressed = false;
        message = default;
        if (body.Length < PrefixLength)
            return false;

        compressed = (body.Span[0] & 1) != 0;
        var length = BinaryPrimitives.ReadUInt32BigEndian(body.Span[1..]);
        if (length > (uint)(body.Length - PrefixLength))
            return false;
        message = body.Slice(PrefixLength, (int)length);
        return true;
    }
}
