using System.Buffers.Binary;

namespace Rotel.TestKit.Fuzzing;

/// <summary>Changes bytes blindly, as any transport or any attacker may.</summary>
public static class ByteMutator
{
    private static readonly int[] Interesting =
    [
        0, 1, -1, 0x7F, 0x80, 0xFF, 0x100, 0x7FFF, 0x8000, 0xFFFF, 0x10000, int.MaxValue, int.MinValue, int.MaxValue - 1,
    ];

    /// <summary>Makes a few changes, of bits, bytes, numbers and ranges.</summary>
    /// <param name="random">What to draw from.</param>
    /// <param name="bytes">Is changed in place.</param>
    /// <param name="other">There to take ranges from.</param>
    /// <param name="spread">Changes fall within so many bytes from either end; for forms whose headers matter most.</param>
    public static void Change(Random random, List<byte> bytes, ReadOnlySpan<byte> other, int spread = int.MaxValue)
    {
        for (var changes = 1 + random.Next(3); changes > 0; changes--)
            ChangeOnce(random, bytes, other, spread);
    }

    private static void ChangeOnce(Random random, List<byte> bytes, ReadOnlySpan<byte> other, int spread)
    {
        if (bytes.Count == 0)
        {
            bytes.Add((byte)random.Next(256));
            return;
        }

        var near = random.Next(Math.Min(bytes.Count, spread));
        var at = random.Next(2) == 0 ? near : bytes.Count - 1 - near;
        switch (random.Next(10))
        {
            case 0:
                bytes[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1:
                bytes[at] = (byte)random.Next(256);
                break;
            case 2:
                bytes[at] += (byte)(random.Next(2) == 0 ? 1 : 255);
                break;
            case 3:
                bytes.RemoveAt(at);
                break;
            case 4:
                bytes.Insert(at, (byte)(random.Next(2) == 0 ? random.Next(256) : Interesting[random.Next(Interesting.Length)]));
                break;
            case 5:
                bytes.RemoveRange(at, random.Next(Math.Min(64, bytes.Count - at)));
                break;
            case 6:
                bytes.InsertRange(random.Next(bytes.Count), bytes.GetRange(at, random.Next(Math.Min(64, bytes.Count - at))));
                break;
            case 7:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            case 8 when !other.IsEmpty:
                var from = random.Next(other.Length);
                bytes.InsertRange(at, other.Slice(from, random.Next(Math.Min(256, other.Length - from))));
                break;
            default:
                Span<byte> number = stackalloc byte[sizeof(int)];
                var value = Interesting[random.Next(Interesting.Length)];
                if (random.Next(2) == 0)
                    BinaryPrimitives.WriteInt32LittleEndian(number, value);
                else
                    BinaryPrimitives.WriteInt32BigEndian(number, value);
                var width = Math.Min(1 << random.Next(3), bytes.Count - at);
                for (var i = 0; i < width; i++)
                    bytes[at + i] = number[i];
                break;
        }
    }
}
