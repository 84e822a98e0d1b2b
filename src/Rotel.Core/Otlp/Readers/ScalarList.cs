using Rotel.Otlp.Wire;

namespace Rotel.Otlp.Readers;

/// <summary>A repeated scalar field, for <c>foreach</c>; packed, unpacked and mixed encodings read the same.</summary>
internal readonly ref struct ScalarList<T, TFormat>
    where TFormat : IScalarFormat<T>
{
    private readonly ReadOnlySpan<byte> _range;
    private readonly int _field;

    public ScalarList(ReadOnlySpan<byte> message, FieldRange range, int field)
    {
        _range = range.Of(message);
        _field = field;
    }

    public Enumerator GetEnumerator() => new(_range, _field);

    /// <summary>Counts the elements by walking them.</summary>
    public int Count()
    {
        var count = 0;
        for (var elements = GetEnumerator(); elements.MoveNext();)
            count++;
        return count;
    }

    /// <summary>Walks the packed runs and the single elements of the field in order.</summary>
    public ref struct Enumerator
    {
        private readonly uint _packedTag;
        private readonly uint _singleTag;
        private WireReader _reader;
        private WireReader _run;

        public Enumerator(ReadOnlySpan<byte> range, int field)
        {
            _reader = new WireReader(range);
            _packedTag = WireFormat.Tag(field, WireType.LengthDelimited);
            _singleTag = WireFormat.Tag(field, TFormat.Type);
        }

        public T Current { get; private set; } = default!;

        public bool MoveNext()
        {
            while (_run.IsAtEnd)
            {
                if (!_reader.TryReadTag(out uint tag))
                    return false;
                if (tag == _packedTag)
                {
                    _run = new WireReader(_reader.ReadBytes());
                }
                else if (tag == _singleTag)
                {
                    Current = TFormat.Read(ref _reader);
                    return true;
                }
                else
                {
                    _reader.Skip(tag);
                }
            }

            Current = TFormat.Read(ref _run);
            return true;
        }
    }
}
