using Rotel.Otlp.Wire;

namespace Rotel.Otlp.Readers;

/// <summary>A repeated field of messages or strings, for <c>foreach</c>. Each element is scanned when it is reached, once.</summary>
internal readonly ref struct WireList<T>
    where T : IWireMessage<T>, allows ref struct
{
    public WireList(ReadOnlySpan<byte> message, FieldRange range, int field)
    {
        Range = range.Of(message);
        Tag = WireFormat.Tag(field, WireType.LengthDelimited);
        Count = range.Count;
    }

    /// <summary>From the tag of the first element to past the last, with whatever lies between; for who walks it himself.</summary>
    public ReadOnlySpan<byte> Range { get; }

    /// <summary>The tag of elements.</summary>
    public uint Tag { get; }

    /// <summary>How many elements there are.</summary>
    public int Count { get; }

    public bool IsEmpty => Count == 0;

    public WireListEnumerator<T> GetEnumerator() => new(Range, Tag);
}
