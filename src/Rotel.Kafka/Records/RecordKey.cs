using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Rotel.Kafka.Records;

/// <summary>Keys of records: numbers as lower-case hexadecimal digits, in ASCII.</summary>
internal static class RecordKey
{
    /// <summary>16 digits.</summary>
    public static byte[] Of(ulong hash)
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, hash);
        return Digits(bytes);
    }

    /// <summary>32 digits, as a trace id is written everywhere.</summary>
    public static byte[] Of(UInt128 traceId)
    {
        Span<byte> bytes = stackalloc byte[Unsafe.SizeOf<UInt128>()];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, traceId);
        return Digits(bytes);
    }

    private static byte[] Digits(ReadOnlySpan<byte> bytes)
    {
        var digits = new byte[2 * bytes.Length];
        Convert.TryToHexStringLower(bytes, digits, out _);
        return digits;
    }
}
