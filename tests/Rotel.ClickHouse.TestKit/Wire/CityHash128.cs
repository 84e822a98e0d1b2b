using System.Buffers.Binary;
using static System.Numerics.BitOperations;

namespace Rotel.ClickHouse.TestKit.Wire;

/// <summary>
/// CityHash128 of version 1.0.2, the checksum of ClickHouse's compressed frames; later versions of CityHash give other values. Written
/// without a look at the exporter's own, so that the two check each other; the engine's own files check both.
/// </summary>
internal static class CityHash128
{
    private const ulong K0 = 0xc3a5c85c97cb3127;
    private const ulong K1 = 0xb492b66fbe98f273;
    private const ulong K2 = 0x9ae16a3b2f90404f;
    private const ulong K3 = 0xc949d7c7509e6557;

    /// <summary>The two halves in the order in which a frame has them.</summary>
    public static (ulong First, ulong Second) Of(ReadOnlySpan<byte> bytes) => bytes.Length switch
    {
        >= 16 => Hash(bytes[16..], At(bytes, 0) ^ K3, At(bytes, 8)),
        >= 8 => Hash([], At(bytes, 0) ^ ((ulong)bytes.Length * K0), At(bytes, bytes.Length - 8) ^ K1),
        _ => Hash(bytes, K0, K1),
    };

    private static (ulong First, ulong Second) Hash(ReadOnlySpan<byte> bytes, ulong x, ulong y)
    {
        if (bytes.Length < 128)
            return HashShort(bytes, x, y);

        var z = (ulong)bytes.Length * K1;
        var v1 = (Right(y ^ K1, 49) * K1) + At(bytes, 0);
        var v2 = (Right(v1, 42) * K1) + At(bytes, 8);
        var w1 = (Right(y + z, 35) * K1) + x;
        var w2 = Right(x + At(bytes, 88), 53) * K1;
        var rest = bytes;
        do
        {
            for (var half = 0; half < 2; half++, rest = rest[64..])
            {
                x = Right(x + y + v1 + At(rest, 16), 37) * K1;
                y = Right(y + v2 + At(rest, 48), 42) * K1;
                x ^= w2;
                y ^= v1;
                z = Right(z ^ w1, 33);
                (v1, v2) = Weak(rest, v2 * K1, x + w1);
                (w1, w2) = Weak(rest[32..], z + w2, y);
                (x, z) = (z, x);
            }
        }
        while (rest.Length >= 128);

        y += (Right(w1, 37) * K0) + z;
        x += Right(v1 + z, 49) * K0;

        // What is left is taken in pieces of 32 bytes from the end, which reach back into what was hashed already.
        for (var done = 0; done < rest.Length;)
        {
            done += 32;
            var piece = bytes[(bytes.Length - done)..];
            y = (Right(y - x, 42) * K0) + v2;
            w1 += At(piece, 16);
            x = (Right(x, 49) * K0) + w1;
            w1 += v1;
            (v1, v2) = Weak(piece, v1, v2);
        }

        x = Mix(x, v1);
        y = Mix(y, w1);
        return (Mix(x + v2, w2) + y, Mix(x + w2, y + v2));
    }

    private static (ulong First, ulong Second) HashShort(ReadOnlySpan<byte> bytes, ulong a, ulong b)
    {
        ulong c, d;
        if (bytes.Length <= 16)
        {
            a = Fold(a * K1) * K1;
            c = (b * K1) + HashUpTo16(bytes);
            d = Fold(a + (bytes.Length >= 8 ? At(bytes, 0) : c));
        }
        else
        {
            c = Mix(At(bytes, bytes.Length - 8) + K1, a);
            d = Mix(b + (ulong)bytes.Length, c + At(bytes, bytes.Length - 16));
            a += d;
            for (var rest = bytes; ; rest = rest[16..])
            {
                a = (a ^ (Fold(At(rest, 0) * K1) * K1)) * K1;
                b ^= a;
                c = (c ^ (Fold(At(rest, 8) * K1) * K1)) * K1;
                d ^= c;
                if (rest.Length <= 32)
                    break;
            }
        }

        a = Mix(a, c);
        b = Mix(d, b);
        return (a ^ b, Mix(b, a));
    }

    private static ulong HashUpTo16(ReadOnlySpan<byte> bytes)
    {
        var length = (ulong)bytes.Length;
        switch (bytes.Length)
        {
            case > 8:
                var last = At(bytes, bytes.Length - 8);
                return Mix(At(bytes, 0), Right(last + length, bytes.Length)) ^ last;
            case >= 4:
                var start = (ulong)BinaryPrimitives.ReadUInt32LittleEndian(bytes);
                return Mix(length + (start << 3), BinaryPrimitives.ReadUInt32LittleEndian(bytes[^4..]));
            case > 0:
                var y = bytes[0] + ((uint)bytes[bytes.Length >> 1] << 8);
                var z = (uint)bytes.Length + ((uint)bytes[^1] << 2);
                return Fold((y * K2) ^ (z * K3)) * K2;
            default:
                return K2;
        }
    }

    private static (ulong First, ulong Second) Weak(ReadOnlySpan<byte> bytes, ulong a, ulong b)
    {
        a += At(bytes, 0);
        b = Right(b + a + At(bytes, 24), 21);
        var c = a;
        a += At(bytes, 8) + At(bytes, 16);
        b += Right(a, 44);
        return (a + At(bytes, 24), b + c);
    }

    private static ulong Mix(ulong low, ulong high)
    {
        const ulong Multiplier = 0x9ddfea08eb382d69;
        var a = (low ^ high) * Multiplier;
        a ^= a >> 47;
        var b = (high ^ a) * Multiplier;
        b ^= b >> 47;
        return b * Multiplier;
    }

    private static ulong Fold(ulong value) => value ^ (value >> 47);

    private static ulong Right(ulong value, int bits) => RotateRight(value, bits);

    private static ulong At(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt64LittleEndian(bytes[offset..]);
}
