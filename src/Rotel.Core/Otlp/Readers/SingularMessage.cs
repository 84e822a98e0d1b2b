using Rotel.Otlp.Wire;

namespace Rotel.Otlp.Readers;

/// <summary>
/// A message field that holds at most one message but may legally occur in several pieces, which protobuf merges
/// (https://protobuf.dev/programming-guides/encoding/#last-one-wins). Concatenated encodings are the merge, so a field in pieces is
/// joined into one new array: the only allocation of the readers, linear in the message, and never needed for what encoders write.
/// </summary>
internal ref struct SingularMessage
{
    private ReadOnlySpan<byte> _last;
    private int _first;
    private int _pieces;

    public readonly bool IsPresent => _pieces > 0;

    /// <summary>Notes one piece; <paramref name="tagOffset"/> is where its tag lies in the parent.</summary>
    public void Add(int tagOffset, ReadOnlySpan<byte> piece)
    {
        if (_pieces++ == 0)
            _first = tagOffset;
        _last = piece;
    }

    /// <summary>Forgets the pieces: another member of the same oneof was read.</summary>
    public void Clear()
    {
        _last = default;
        _pieces = 0;
    }

    /// <summary>
    /// The whole message, empty when absent; <paramref name="parent"/> and <paramref name="field"/> are where the pieces came from.
    /// </summary>
    public readonly ReadOnlySpan<byte> Merge(ReadOnlySpan<byte> parent, int field) =>
        _pieces <= 1 ? _last : Join(parent[_first..], field);

    private static byte[] Join(ReadOnlySpan<byte> parent, int field)
    {
        var wanted = WireFormat.Tag(field, WireType.LengthDelimited);
        var length = 0;
        for (var reader = new WireReader(parent); reader.TryReadTag(out uint tag);)
        {
            if (tag == wanted)
                length += reader.ReadBytes().Length;
            else
                reader.Skip(tag);
        }

        var joined = new byte[length];
        var written = 0;
        for (var reader = new WireReader(parent); reader.TryReadTag(out uint tag);)
        {
            if (tag != wanted)
            {
                reader.Skip(tag);
                continue;
            }

            var piece = reader.ReadBytes();
            piece.CopyTo(joined.AsSpan(written));
            written += piece.Length;
        }

        return joined;
    }
}
