using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Rotel.Otlp.Wire;

namespace Rotel.Memory;

/// <summary>
/// Bytes in one piece that grow: written at the end, read as a span, emptied and written again. The buffer is charged to the budget as
/// overdraft from the first byte until <see cref="Release"/>. Not thread-safe.
/// </summary>
internal sealed class PooledBytes(BufferPool pool) : IDisposable
{
    /// <summary>One unusually large use does not make the next one large from its first byte.</summary>
    private const int MaxExpected = 256 * 1024;

    private PooledBuffer? _buffer;
    private byte[] _array = [];
    private int _length;
    private int _largest;
    private int _expected;

    public int Length
    {
        get => _length;
        set => _length = value <= _length ? value : throw new ArgumentOutOfRangeException(nameof(value));
    }

    public bool IsEmpty => _length == 0;

    /// <summary>What was written; valid until the next write.</summary>
    public ReadOnlySpan<byte> Span => _array.AsSpan(0, _length);

    /// <inheritdoc cref="Span"/>
    public ReadOnlyMemory<byte> Memory => _array.AsMemory(0, _length);

    /// <summary>Room for exactly so many bytes at the end, which count as written.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<byte> Append(int count)
    {
        var start = _length;
        if (count > _array.Length - start)
            Grow(count);
        _length = start + count;
        return _array.AsSpan(start, count);
    }

    /// <summary>Makes room for so many bytes more, so that writing them moves nothing.</summary>
    public void Reserve(int count)
    {
        if (count > _array.Length - _length)
            Grow(count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Write(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Append(bytes.Length));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteByte(byte value) => Append(1)[0] = value;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteUInt64(ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Append(sizeof(ulong)), value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteUInt32(uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Append(sizeof(uint)), value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteUInt16(ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(Append(sizeof(ushort)), value);

    public void WriteDouble(double value) => BinaryPrimitives.WriteDoubleLittleEndian(Append(sizeof(double)), value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteVarint(uint value)
    {
        if (value < 0x80)
            WriteByte((byte)value);
        else
            WriteLongVarint(value);
    }

    /// <summary>A length as varint, then the bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteString(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length >= 0x80)
        {
            WriteLongVarint((uint)utf8.Length);
            Write(utf8);
            return;
        }

        var room = Append(utf8.Length + 1);
        room[0] = (byte)utf8.Length;
        utf8.CopyTo(room[1..]);
    }

    /// <summary>What was written from <paramref name="start"/> on, to be changed in place; valid until the next write.</summary>
    public Span<byte> WrittenFrom(int start) => _array.AsSpan(start, _length - start);

    /// <summary>Writes once more what was written at <paramref name="start"/>.</summary>
    public void Repeat(int start, int count)
    {
        var room = Append(count);
        _array.AsSpan(start, count).CopyTo(room);
    }

    /// <summary>Empties it and keeps the buffer.</summary>
    public void Clear()
    {
        _largest = Math.Max(_largest, _length);
        _length = 0;
    }

    /// <summary>Empties it and gives the buffer back; the next will be as large as the most that was in this, within bounds.</summary>
    public void Release()
    {
        if (_buffer is null)
            return;

        Clear();
        _expected = Math.Min(_largest, MaxExpected);
        _largest = 0;
        _array = [];
        _buffer?.Dispose();
        _buffer = null;
    }

    /// <summary>
    /// Hands over the buffer with what was written at its beginning, and is empty; null when nothing was. The buffer is the caller's.
    /// </summary>
    public PooledBuffer? Detach()
    {
        var buffer = _length == 0 ? null : _buffer;
        if (buffer is null)
            return null;
        _buffer = null;
        _array = [];
        _length = 0;
        return buffer;
    }

    /// <summary>As <see cref="Detach"/>, in a buffer that what was written and some spare room fill at least by half.</summary>
    /// <param name="spare">Bytes left free at its end.</param>
    public PooledBuffer DetachFitting(int spare)
    {
        var length = _length;
        var needed = checked(length + spare);
        var buffer = Detach() ?? throw new InvalidOperationException("Nothing was written.");
        if (needed <= buffer.Capacity && BufferPool.CapacityFor(needed) > buffer.Capacity / 2)
            return buffer;

        using (buffer)
        {
            var fitting = pool.RentOverdraft(needed);
            buffer.Span[..length].CopyTo(fitting.Span);
            return fitting;
        }
    }

    public void Dispose() => Release();

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void WriteLongVarint(uint value) =>
        WireFormat.WriteVarint(Append(WireFormat.VarintLength(value)), value);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Grow(int count)
    {
        var capacity = Math.Max(checked(_length + count), _array.Length == 0 ? _expected : (int)Math.Min(2L * _array.Length, Array.MaxLength));
        var larger = pool.RentOverdraft(capacity);
        Span.CopyTo(larger.Span);
        _buffer?.Dispose();
        _buffer = larger;
        _array = larger.Array;
    }
}
