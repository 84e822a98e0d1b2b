using System.Numerics;
using System.Runtime.CompilerServices;

namespace Rotel.Otlp.Wire;

/// <summary>The arithmetic of protobuf's varints and tags.</summary>
internal static class WireFormat
{
    /// <summary>The longest varint.</summary>
    public const int MaxVarintLength = 10;

    public static uint Tag(int field, WireType type) => ((uint)field << 3) | (uint)type;

    /// <summary>Undoes the encoding of sint32.</summary>
    public static int UnZigZag(uint value) => (int)(value >> 1) ^ -(int)(value & 1);

    /// <summary>How many bytes <see cref="WriteVarint"/> writes for a value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int VarintLength(ulong value) => (BitOperations.Log2(value | 1) / 7) + 1;

    /// <summary>Writes a varint at the start of <paramref name="destination"/> and returns its length.</summary>
    public static int WriteVarint(Span<byte> destination, ulong value)
    {
        var i = 0;
        while (value >= 0x80)
        {
            destination[i++] = (byte)(value | 0x80);
            value >>= 7;
        }

        destination[i] = (byte)value;
        return i + 1;
    }
}
