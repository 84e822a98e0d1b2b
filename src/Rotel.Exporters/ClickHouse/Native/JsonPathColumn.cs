using System.Buffers.Binary;
using Rotel.Exporters.ClickHouse.Values;
using Rotel.Memory;
using Rotel.Otlp.Readers;

namespace Rotel.Exporters.ClickHouse.Native;

/// <summary>
/// The values at one path of a JSON column, which may be of several types: the type of each row, and for each type its values one after
/// another. Rows without a value are filled in when the next one comes.
/// </summary>
internal sealed class JsonPathColumn(BufferPool pool)
{
    /// <summary>The version of Dynamic's serialization that every server with a JSON type reads.</summary>
    private const ulong Version = 1;

    /// <summary>Each row's type in a byte of its own.</summary>
    private const ulong BasicDiscriminators = 0;

    private const byte NoValue = 0xFF;
    private const int Kinds = 5;

    private readonly PooledBytes _kinds = new(pool);
    private readonly PooledBytes?[] _values = new PooledBytes?[Kinds];

    /// <summary>Where the last value begins among those of its kind.</summary>
    private int _lastStart;

    /// <summary>Whether no row has a value.</summary>
    public bool IsEmpty
    {
        get
        {
            foreach (var values in _values)
            {
                if (values is { IsEmpty: false })
                    return false;
            }

            return true;
        }
    }

    /// <summary>Appends the value of row <paramref name="row"/>, which is later than any before; strings without their length.</summary>
    public void Append(int row, DynamicKind kind, ReadOnlySpan<byte> value)
    {
        var values = Begin(row, kind);
        if (kind is DynamicKind.String or DynamicKind.Other)
            values.WriteString(value);
        else
            values.Write(value);
    }

    /// <summary>
    /// Appends the value of row <paramref name="row"/>, which is not earlier than any before, from its wire form. False, and nothing is
    /// appended, where the row already has one, or for what is no string, number or boolean.
    /// </summary>
    public bool TryAppend(int row, ReadOnlySpan<byte> anyValue)
    {
        if (_kinds.Length > row)
            return false;
        if (PlainPair.IsString(anyValue))
        {
            Begin(row, DynamicKind.String).Write(anyValue[1..]);
            return true;
        }

        var value = AnyValueReader.Read(anyValue);
        switch (value.Kind)
        {
            case AnyValueKind.String:
                Begin(row, DynamicKind.String).WriteString(value.Bytes);
                return true;
            case AnyValueKind.Int:
                Begin(row, DynamicKind.Int64).WriteUInt64((ulong)value.Int);
                return true;
            case AnyValueKind.Double:
                Begin(row, DynamicKind.Float64).WriteDouble(value.Double);
                return true;
            case AnyValueKind.Bool:
                Begin(row, DynamicKind.Bool).WriteByte(value.Bool ? (byte)1 : (byte)0);
                return true;
            default:
                return false;
        }
    }

    /// <summary>Takes the value of the last row back.</summary>
    public void RemoveLast()
    {
        LastValues.Length = _lastStart;
        _kinds.Length--;
    }

    /// <summary>Appends the last value once more for each of <paramref name="times"/> rows from <paramref name="row"/> on.</summary>
    public void RepeatLast(int row, int times)
    {
        var values = LastValues;
        var kind = _kinds.Span[^1];
        var length = values.Length - _lastStart;
        FillTo(row);
        _kinds.Append(times).Fill(kind);
        for (var i = 0; i < times; i++)
            values.Repeat(_lastStart, length);
        _lastStart = values.Length - length;
    }

    public void WritePrefix(BlockFrames frames)
    {
        var types = 0;
        for (var kind = 0; kind < Kinds; kind++)
        {
            if (IsNamed(kind))
                types++;
        }

        Span<byte> head = stackalloc byte[64];
        BinaryPrimitives.WriteUInt64LittleEndian(head, Version);
        var length = sizeof(ulong);

        // Once as the limit of types, which servers of today take from the table instead, once as their number.
        head[length++] = (byte)types;
        head[length++] = (byte)types;
        for (var kind = 0; kind < Kinds; kind++)
        {
            if (!IsNamed(kind))
                continue;
            var name = NameOf((DynamicKind)kind);
            head[length++] = (byte)name.Length;
            name.CopyTo(head[length..]);
            length += name.Length;
        }

        BinaryPrimitives.WriteUInt64LittleEndian(head[length..], BasicDiscriminators);
        frames.Write(head[..(length + sizeof(ulong))]);
    }

    /// <summary>Writes the values of <paramref name="rows"/> rows.</summary>
    public void WriteData(BlockFrames frames, int rows)
    {
        FillTo(rows);
        WriteDiscriminators(frames);
        foreach (var values in _values)
        {
            if (values is not null)
                frames.Write(values.Span);
        }
    }

    public void Clear()
    {
        _kinds.Clear();
        foreach (var values in _values)
            values?.Clear();
    }

    public void Release()
    {
        _kinds.Release();
        foreach (var values in _values)
            values?.Release();
    }

    /// <summary>The values of the last one's kind.</summary>
    private PooledBytes LastValues => _values[_kinds.Span[^1]]!;

    private PooledBytes Begin(int row, DynamicKind kind)
    {
        FillTo(row);
        _kinds.WriteByte((byte)kind);
        var values = _values[(int)kind] ??= new PooledBytes(pool);
        _lastStart = values.Length;
        return values;
    }

    private static ReadOnlySpan<byte> NameOf(DynamicKind kind) => kind switch
    {
        DynamicKind.Bool => "Bool"u8,
        DynamicKind.Float64 => "Float64"u8,
        DynamicKind.Int64 => "Int64"u8,
        _ => "String"u8,
    };

    private bool IsUsed(int kind) => _values[kind] is { IsEmpty: false };

    /// <summary>Types are named where they occur, so that the server makes no columns for the others; "any other" always is, unnamed.</summary>
    private bool IsNamed(int kind) => kind != (int)DynamicKind.Other && IsUsed(kind);

    private void WriteDiscriminators(BlockFrames frames)
    {
        Span<byte> numbers = stackalloc byte[Kinds];
        byte next = 0;
        for (var kind = 0; kind < Kinds; kind++)
        {
            numbers[kind] = next;
            if (kind == (int)DynamicKind.Other || IsUsed(kind))
                next++;
        }

        Span<byte> numbered = stackalloc byte[1024];
        for (var kinds = _kinds.Span; !kinds.IsEmpty;)
        {
            var count = Math.Min(kinds.Length, numbered.Length);
            for (var i = 0; i < count; i++)
                numbered[i] = kinds[i] == NoValue ? NoValue : numbers[kinds[i]];
            frames.Write(numbered[..count]);
            kinds = kinds[count..];
        }
    }

    private void FillTo(int row)
    {
        if (_kinds.Length < row)
            _kinds.Append(row - _kinds.Length).Fill(NoValue);
    }
}
