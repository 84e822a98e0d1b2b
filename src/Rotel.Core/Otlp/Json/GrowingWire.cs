using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Rotel.Memory;
using Rotel.Otlp.Wire;

namespace Rotel.Otlp.Json;

/// <summary>
/// Wire form that is being written, in one piece, into a pooled buffer that is replaced by a larger one when it is full. Room is reserved
/// before it is written to; what is written is bounds-checked all the same.
/// </summary>
internal ref struct GrowingWire
{
    /// <summary>The room that a tag, and a number or a length after it, take at most.</summary>
    public const int MaxScalarLength = 2 + WireFormat.MaxVarintLength;

    private const int MaxLengthWidth = 5;

    private readonly BufferPool _pool;
    private readonly int _limit;
    private PooledBuffer? _buffer;
    private Span<byte> _room;

    /// <param name="pool">Where buffers come from.</param>
    /// <param name="limit">
    /// The longest form that is wanted, in bytes; a little more can be written, for room is reserved before it is known how much is needed.
    /// </param>
    /// <param name="first">The first buffer, which this takes over; null lets it rent one.</param>
    public GrowingWire(BufferPool pool, int limit, PooledBuffer? first)
    {
        _pool = pool;
        _limit = (int)Math.Min((long)limit + (2 * MaxScalarLength), Array.MaxLength);
        _buffer = first;
        if (first is not null)
            _room = first.Span[..Math.Min(first.Capacity, _limit)];
    }

    /// <summary>Bytes written.</summary>
    public int Length { get; private set; }

    /// <summary>Why there is no room: <see cref="OtlpJsonFault.TooLarge"/> or <see cref="OtlpJsonFault.NoRoom"/>.</summary>
    public OtlpJsonFault Fault { get; private set; }

    /// <summary>What the budget had no room for, in bytes.</summary>
    public int RoomNeeded { get; private set; }

    /// <summary>The bytes that were reserved and are not written yet, and whatever lies behind them.</summary>
    public readonly Span<byte> Rest => _room[Length..];

    /// <summary>Makes sure that so many bytes can be written.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryReserve(int count) => count <= _room.Length - Length || TryGrow(count);

    /// <summary>Says that so many bytes were written to <see cref="Rest"/>.</summary>
    public void Advance(int count) => Length += count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void WriteVarint(ulong value)
    {
        if (value < 0x80)
            _room[Length++] = (byte)value;
        else
            Length += WireFormat.WriteVarint(Rest, value);
    }

    public void WriteFixed32(uint value)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(Rest, value);
        Length += sizeof(uint);
    }

    public void WriteFixed64(ulong value)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(Rest, value);
        Length += sizeof(ulong);
    }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(Rest);
        Length += bytes.Length;
    }

    /// <summary>
    /// Begins a length-delimited value of unknown length: leaves so many bytes free for the length, which must have been reserved, and
    /// returns where the value begins.
    /// </summary>
    public int Begin(int lengthWidth) => Length += lengthWidth;

    /// <summary>
    /// Ends a value: writes its length before it, after moving it where the guess was wrong, and corrects <paramref name="lengthWidth"/>.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryEnd(int start, ref byte lengthWidth)
    {
        var length = (uint)(Length - start);
        if (length < 0x80 && lengthWidth == 1)
        {
            _room[start - 1] = (byte)length;
            return true;
        }

        return TryEndLonger(start, ref lengthWidth);
    }

    /// <summary>Hands the buffer over; null when nothing was ever written.</summary>
    public PooledBuffer? Detach()
    {
        var buffer = _buffer;
        _buffer = null;
        _room = default;
        return buffer;
    }

    private bool TryEndLonger(int start, ref byte lengthWidth)
    {
        var length = Length - start;
        var width = WireFormat.VarintLength((uint)length);
        var shift = width - lengthWidth;
        if (shift != 0)
        {
            if (!TryReserve(MaxLengthWidth))
                return false;
            _room[start..Length].CopyTo(_room[(start + shift)..]);
            Length += shift;
        }

        WireFormat.WriteVarint(_room[(start - lengthWidth)..], (uint)length);
        lengthWidth = (byte)width;
        return true;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryGrow(int count)
    {
        var needed = (long)Length + count;
        if (needed > _limit)
        {
            Fault = OtlpJsonFault.TooLarge;
            return false;
        }

        var capacity = (int)Math.Min(_limit, Math.Max(needed, 2L * _room.Length));
        if (!_pool.TryRent(capacity, out var larger))
        {
            Fault = OtlpJsonFault.NoRoom;
            RoomNeeded = capacity;
            return false;
        }

        _room[..Length].CopyTo(larger.Span);
        _buffer?.Dispose();
        _buffer = larger;
        _room = larger.Span[..Math.Min(larger.Capacity, _limit)];
        return true;
    }
}
