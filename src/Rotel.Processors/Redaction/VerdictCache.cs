using System.Buffers.Binary;
using System.IO.Hashing;
using System.Runtime.CompilerServices;

namespace Rotel.Processors.Redaction;

/// <summary>
/// Remembers what was decided of short texts, byte for byte, in one block of fixed size: each text has two places it can be in, and takes
/// one of them in turn. Most attribute values come again and again. Not thread-safe.
/// </summary>
/// <param name="places">How many texts at most; a power of two. Each takes 128 bytes.</param>
internal sealed class VerdictCache(int places)
{
    /// <summary>The longest text that is remembered, in bytes.</summary>
    public const int MaxLength = PlaceSize - 2;

    private const int PlaceSize = 128;
    private const int PairSize = 2 * PlaceSize;

    // Of each place: the verdict (0: empty), the length, the text.
    private readonly byte[] _places = new byte[places * PlaceSize];
    private readonly uint _mask = (uint)(places / 2) - 1;
    private int _turn;

    /// <summary>Finds the verdict of a text of up to <see cref="MaxLength"/> bytes; 0 when it is not there.</summary>
    /// <param name="text">The text.</param>
    /// <param name="pair">Its two places.</param>
    public byte Find(ReadOnlySpan<byte> text, out int pair)
    {
        pair = (int)(Hash(text) & _mask) * PairSize;
        var there = _places.AsSpan(pair, PairSize);
        if (there[1] == text.Length && text.SequenceEqual(there.Slice(2, text.Length)))
            return there[0];
        there = there[PlaceSize..];
        return there[1] == text.Length && text.SequenceEqual(there.Slice(2, text.Length)) ? there[0] : (byte)0;
    }

    /// <summary>Remembers a verdict.</summary>
    /// <param name="pair">As <see cref="Find"/> said of the same text.</param>
    /// <param name="text">The text.</param>
    /// <param name="verdict">Not 0.</param>
    public void Put(int pair, ReadOnlySpan<byte> text, byte verdict)
    {
        var there = _places.AsSpan(pair + ((_turn++ & 1) * PlaceSize), PlaceSize);
        there[0] = verdict;
        there[1] = (byte)text.Length;
        text.CopyTo(there[2..]);
    }

    /// <summary>Spreads texts over the places; that it could be guessed costs who guesses it his own hits, not the verdict.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint Hash(ReadOnlySpan<byte> text)
    {
        if (text.Length is < 8 or > 16)
            return (uint)XxHash3.HashToUInt64(text);
        var first = BinaryPrimitives.ReadUInt64LittleEndian(text);
        var last = BinaryPrimitives.ReadUInt64LittleEndian(text[^8..]);
        return (uint)((((first * 0x9E37_79B9_7F4A_7C15) ^ last) * 0xD6E8_FEB8_6659_FD93) >> 32);
    }
}
