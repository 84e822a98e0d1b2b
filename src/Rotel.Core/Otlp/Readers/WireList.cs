using Rotel.Otlp.Wire;

namespace Rotel.Otlp.Readers;

/// <summary>A repeated field of messages or strings, for <c>foreach</c>. Each element is scanned when it is reached, once.</summary>
internal readonly ref struct WireList<T>
    where T : IWireMessage<T>, allows ref struct
{
    private readonly ReadOnlySpan<byte> _range;
    private readonly uint _tag;

    public WireList(ReadOnlySpan<byte> message, FieldRange range, int field)
    {
        _range = range.Of(message);
        _tag = WireFormat.Tag(field, WireType.LengthDelimited);
        Count = range.Count;
    }

    /// <summary>How many elements there are.</summary>
    public int Count { get; }

    public bool IsEmpty => Count == 0;

    public WireListEnumerator<T> GetEnumerator() => new(_range, _tag);
}
