using System.Runtime.CompilerServices;
using Rotel.Exporters.ClickHouse.Values;
using Rotel.Memory;
using Rotel.Otlp.Readers;
using Rotel.Otlp.Text;
using Rotel.Otlp.Wire;

namespace Rotel.Exporters.ClickHouse.Native;

/// <summary>
/// Map(LowCardinality(String), String): where each row's pairs end, the keys, the values. Keys are sorted, so that equal attributes are
/// equal maps whatever their order was; one that comes twice stays twice. Values that are not strings are written as text.
/// </summary>
internal sealed class MapColumn : AttributesColumn
{
    private const int FirstScratch = 64;

    /// <summary>More is not kept for the next row.</summary>
    private const int MaxKeptScratch = 4096;

    private readonly PooledBytes _ends;
    private readonly PooledBytes _values;
    private readonly PooledBytes _text;
    private readonly LowCardinalityColumn _keys;
    private readonly AttributeShapes _shapes;

    private int[] _rowKeys = new int[FirstScratch];
    private Range[] _rowValues = new Range[FirstScratch];
    private int _pairs;
    private int _lastRowPairs;
    private int _lastRowValues;

    public MapColumn(BufferPool pool)
        : base("Map(LowCardinality(String), String)")
    {
        _ends = new PooledBytes(pool);
        _values = new PooledBytes(pool);
        _text = new PooledBytes(pool);
        _keys = new LowCardinalityColumn(pool);
        _shapes = new AttributeShapes(_keys.Dictionary);
    }

    public override void Append(WireList<KeyValueReader> attributes)
    {
        _lastRowValues = _values.Length;
        _lastRowPairs = attributes.Count;
        if (attributes.Count > 0)
            AppendPairs(attributes);
        _pairs += attributes.Count;
        _ends.WriteUInt64((uint)_pairs);
    }

    public override void RepeatLast()
    {
        _keys.Repeat(_pairs - _lastRowPairs, _lastRowPairs);
        var length = _values.Length - _lastRowValues;
        _values.Repeat(_lastRowValues, length);
        _lastRowValues += length;
        _pairs += _lastRowPairs;
        _ends.WriteUInt64((uint)_pairs);
    }

    public override void WritePrefix(BlockFrames frames) => _keys.WritePrefix(frames);

    public override void WriteData(BlockFrames frames)
    {
        frames.Write(_ends.Span);
        _keys.WriteData(frames);
        frames.Write(_values.Span);
    }

    public override void Clear()
    {
        _ends.Clear();
        _values.Clear();
        _keys.Clear();
        _shapes.Clear();
        _pairs = 0;
        _lastRowPairs = 0;
        _lastRowValues = 0;
    }

    public override void Release()
    {
        Clear();
        _ends.Release();
        _values.Release();
        _text.Release();
        _keys.Release();
    }

    /// <summary>Keys are read first, for they decide the order of the values; values are noted by where they lie.</summary>
    private void AppendPairs(WireList<KeyValueReader> attributes)
    {
        var count = attributes.Count;
        if (count > _rowKeys.Length)
        {
            _rowKeys = new int[count];
            _rowValues = new Range[count];
        }

        var range = attributes.Range;
        var tag = attributes.Tag;
        var reader = new WireReader(range);
        var shape = AttributeShapes.Root;
        var read = 0;
        while (read < count && reader.TryReadTag(out uint next))
        {
            if (next != tag)
            {
                reader.Skip(next);
                continue;
            }

            var pair = reader.ReadBytes();
            var start = reader.Position - pair.Length;
            shape = _shapes.Next(shape, KeyOf(pair, start, out _rowValues[read]), out _rowKeys[read]);
            read++;
        }

        var keys = _rowKeys.AsSpan(0, count);
        if (_shapes.Order(shape, keys) is { } order)
        {
            foreach (var place in order)
                AppendPair(range, keys[place], _rowValues[place]);
        }
        else
        {
            for (var place = 0; place < keys.Length; place++)
                AppendPair(range, keys[place], _rowValues[place]);
        }

        if (_rowKeys.Length > MaxKeptScratch)
        {
            _rowKeys = new int[FirstScratch];
            _rowValues = new Range[FirstScratch];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void AppendPair(ReadOnlySpan<byte> range, int key, Range value)
    {
        _keys.Append(key);
        if (value.Length >= 0)
            AppendValue(range.Slice(value.Start, value.Length));
        else
            AppendValueOf(KeyValueReader.Read(range.Slice(value.Start, ~value.Length)));
    }

    /// <summary>
    /// The key of a pair, and where its value lies: the value itself in a plain pair, else the whole pair, with the complement of its
    /// length.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ReadOnlySpan<byte> KeyOf(ReadOnlySpan<byte> pair, int start, out Range value)
    {
        if (PlainPair.TryRead(pair, out var key, out var valueLength))
        {
            value = new Range(start + pair.Length - valueLength, valueLength);
            return key;
        }

        value = new Range(start, ~pair.Length);
        return KeyValueReader.Read(pair).Key;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void AppendValue(ReadOnlySpan<byte> value)
    {
        if (PlainPair.IsString(value))
            _values.Write(value[1..]);
        else
            AppendText(AnyValueReader.Read(value));
    }

    private void AppendValueOf(KeyValueReader pair) => AppendText(pair.Value);

    private void AppendText(AnyValueReader value)
    {
        if (value.Kind == AnyValueKind.String)
        {
            _values.WriteString(value.Bytes);
            return;
        }

        _text.Clear();
        AttributeText.Write(value, _text);
        _values.WriteString(_text.Span);
    }

    private readonly record struct Range(int Start, int Length);
}
