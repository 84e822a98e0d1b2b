using Rotel.Otlp.Wire;

namespace Rotel.Otlp.Readers;

/// <summary>Walks the occurrences of one length-delimited field and skips everything else.</summary>
internal ref struct WireListEnumerator<T>
    where T : IWireMessage<T>, allows ref struct
{
    private readonly uint _tag;
    private WireReader _reader;
    private ReadOnlySpan<byte> _element;

    public WireListEnumerator(ReadOnlySpan<byte> message, uint tag)
    {
        _reader = new WireReader(message);
        _tag = tag;
    }

    /// <summary>Scans the element: ask once per <see cref="MoveNext"/>.</summary>
    public readonly T Current => T.Read(_element);

    /// <summary>The length of the element in bytes.</summary>
    public readonly int Length => _element.Length;

    public bool MoveNext()
    {
        while (_reader.TryReadTag(out uint tag))
        {
            if (tag == _tag)
            {
                _element = _reader.ReadBytes();
                return true;
            }

            _reader.Skip(tag);
        }

        return false;
    }
}
