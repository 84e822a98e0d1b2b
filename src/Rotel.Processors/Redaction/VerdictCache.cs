using System.IO.Hashing;

namespace Rotel.Processors.Redaction;

/// <summary>
/// Remembers what was decided of short texts, byte for byte, in one block of fixed size: of two texts that want the same place the newer
/// stays. Most attribute values come again and again. Not thread-safe.
/// </summary>
/// <param name="places">How many texts at most; a power of two. Each takes 128 bytes.</param>
internal sealed class VerdictCache(int places)
{
    /// <summary>The longest text that is remembered, in bytes.</summary>
    public const int MaxLength = PlaceSize - 2;

    private const int PlaceSize = 128;

    // Of each place: the verdict (0: empty), the length, the text.
    private readonly byte[] _places = new byte[places * PlaceSize];

    /// <summary>Finds the verdict of a text of up to <see cref="MaxLength"/> bytes; 0 when it is not there.</summary>
    /// <param name="text">The text.</param>
    /// <param name="place">Where it would be.</param>
    public byte Find(ReadOnlySpan<byte> text, out int place)
    {
        place = (int)(XxHash3.HashToUInt64(text) & (uint)(places - 1)) * PlaceSize;
        var there = _places.AsSpan(place, PlaceSize);
        return there[1] == text.Length && there.Slice(2, text.Length).SequenceEqual(text) ? there[0] : (byte)0;
    }

    /// <summary>Remembers a verdict.</summary>
    /// <param name="place">As <see cref="Find"/> said of the same text.</param>
    /// <param name="text">The text.</param>
    /// <param name="verdict">Not 0.</param>
    public void Put(int place, ReadOnlySpan<byte> text, byte verdict)
    {
        var there = _places.AsSpan(place, PlaceSize);
        there[0] = verdict;
        there[1] = (byte)text.Length;
        text.CopyTo(there[2..]);
    }
}
