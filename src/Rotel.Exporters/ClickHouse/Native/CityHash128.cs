using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Rotel.Exporters.ClickHouse.Native;

/// <summary>
/// The checksum of ClickHouse's compressed frames: CityHash128 as of version 1.0.2. Later versions of CityHash give other values, so no
/// general library's will do (https://clickhouse.com/docs/native-protocol/hash).
/// </summary>
internal static class CityHash128
{
    /// <summary>Bytes of a hash.</summary>
    public const int Length = 16;

    private const ulong K0 = 0xc3a5c85c97cb3127;
    private const ulong K1 = 0xb492b66fbe98f273;
    private const ulong K2 = 0x9ae16a3b2f90404f;
    private const ulong K3 = 0xc949d7c7509e6557;

    /// <summary>Writes the hash as a frame has it: the low half, then the high half, each little endian.</summary>
    public static void Write(ReadOnlySpan<byte> data, Span<byte> destination)
    {
        var (low, high) = Compute(data);
        BinaryPrimitives.WriteUInt64LittleEndian(destination, low);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[sizeof(ulong)..], high);
    }

    public static (ulong Low, ulong High) Compute(ReadOnlySpan<byte> data) => data.Length switch
    {
        >= 16 => Seeded(data[16..], Fetch(data, 0) ^ K3, Fetch(data, 8)),
        >= 8 => Seeded([], Fetch(data, 0) ^ ((ulong)data.Length * K0), Fetch(data, data.Length - 8) ^ K1),
        _ => Seeded(data, K0, K1),
    };

    private static (ulong Low, ulong High) Seeded(ReadOnlySpan<byte> data, ulong low, ulong high) =>
        data.Length < 128 ? Short(data, low, high) : Long(data, low, high);

    private static (ulong Low, ulong High) Long(ReadOnlySpan<byte> data, ulong x, ulong y)
    {
        var z = (ulong)data.Length * K1;
        var v0 = (Rotate(y ^ K1, 49) * K1) + Fetch(data, 0);
        var v1 = (Rotate(v0, 42) * K1) + Fetch(data, 8);
        var w0 = (Rotate(y + z, 35) * K1) + x;
        var w1 = Rotate(x + Fetch(data, 88), 53) * K1;

        // Rounds of 64 bytes come in pairs: up to 127 bytes are left.
        var rest = data;
        for (; rest.Length >= 128; rest = rest[128..])
        {
            for (var at = 0; at <= 64; at += 64)
            {
                x = Rotate(x + y + v0 + Fetch(rest, at + 16), 37) * K1;
                y = Rotate(y + v1 + Fetch(rest, at + 48), 42) * K1;
                x ^= w1;
                y ^= v0;
                z = Rotate(z ^ w0, 33);
                (v0, v1) = Weak(rest[at..], v1 * K1, x + w0);
                (w0, w1) = Weak(rest[(at + 32)..], z + w1, y);
                (z, x) = (x, z);
            }
        }

        y += (Rotate(w0, 37) * K0) + z;
        x += Rotate(v0 + z, 49) * K0;

        // They are mixed in backwards from the end in pieces of 32, the last of which may begin before they do.
        for (var mixed = 0; mixed < rest.Length;)
        {
            mixed += 32;
            var piece = data[^mixed..];
            y = (Rotate(y - x, 42) * K0) + v1;
            w0 += Fetch(piece, 16);
            x = (Rotate(x, 49) * K0) + w0;
            w0 += v0;
            (v0, v1) = Weak(piece, v0, v1);
        }

        x = Mix(x, v0);
        y = Mix(y, w0);
        return (Mix(x + v1, w1) + y, Mix(x + w1, y + v1));
    }

    private static (ulong Low, ulong High) Short(ReadOnlySpan<byte> data, ulong a, ulong b)
    {
        ulong c;
        ulong d;
        if (data.Length <= 16)
        {
            a = ShiftMix(a * K1) * K1;
            c = (b * K1) + UpTo16(data);
            d = ShiftMix(a + (data.Length >= 8 ? Fetch(data, 0) : c));
        }
        else
        {
            c = Mix(Fetch(data, data.Length - 8) + K1, a);
            d = Mix(b + (ulong)data.Length, c + Fetch(data, data.Length - 16));
            a += d;
            for (; data.Length > 16; data = data[16..])
            {
                a = (a ^ (ShiftMix(Fetch(data, 0) * K1) * K1)) * K1;
                b ^= a;
                c = (c ^ (ShiftMix(Fetch(data, 8) * K1) * K1)) * K1;
                d ^= c;
            }
        }

        a = Mix(a, c);
        b = Mix(d, b);
        return (a ^ b, Mix(b, a));
    }

    private static ulong UpTo16(ReadOnlySpan<byte> data)
    {
        var length = data.Length;
        if (length > 8)
        {
            var last = Fetch(data, length - 8);
            return Mix(Fetch(data, 0), Rotate(last + (ulong)length, length)) ^ last;
        }

        if (length >= 4)
        {
            var first = BinaryPrimitives.ReadUInt32LittleEndian(data);
            return Mix((ulong)length + ((ulong)first << 3), BinaryPrimitives.ReadUInt32LittleEndian(data[(length - 4)..]));
        }

        if (length == 0)
            return K2;
        var y = data[0] + ((uint)data[length >> 1] << 8);
        var z = (uint)length + ((uint)data[length - 1] << 2);
        return ShiftMix((y * K2) ^ (z * K3)) * K2;
    }

    /// <summary>Mixes 32 bytes into two words.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (ulong A, ulong B) Weak(ReadOnlySpan<byte> data, ulong a, ulong b)
    {
        a += Fetch(data, 0);
        b = Rotate(b + a + Fetch(data, 24), 21);
        var c = a;
        a += Fetch(data, 8);
        a += Fetch(data, 16);
        return (a + Fetch(data, 24), b + Rotate(a, 44) + c);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Mix(ulong low, ulong high)
    {
        const ulong Multiplier = 0x9ddfea08eb382d69;
        var a = ShiftMix((low ^ high) * Multiplier);
        return ShiftMix((high ^ a) * Multiplier) * Multiplier;
    }

    private static ulong ShiftMix(ulong value) => value ^ (value >> 47);

    private static ulong Rotate(ulong value, int bits) => BitOperations.RotateRight(value, bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Fetch(ReadOnlySpan<byte> data, int at) => BinaryPrimitives.ReadUInt64LittleEndian(data[at..]);
}
