using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Rotel.Otlp.Wire;

namespace Rotel.Otlp;

/// <summary>
/// A place between two units of an ordered body, where it can be cut: the envelopes open there, outermost first, and how far each one's
/// children have been taken. A unit is an item, or an envelope that has no children.
/// </summary>
internal struct OtlpCutPoint
{
    private readonly int _itemLevel;
    private Levels _levels;

    public OtlpCutPoint(OtlpSignal signal, ReadOnlySpan<byte> body)
    {
        _itemLevel = OtlpEnvelope.ItemLevel(signal);
        Depth = 1;
        var request = OtlpEnvelope.Read(body, 0, 0, 0, body.Length);
        _levels[0] = new Level { Envelope = request, Taken = request.ChildrenStart };
    }

    /// <summary>How many envelopes are open, the request included.</summary>
    public int Depth { get; private set; }

    /// <summary>Whether the unit that begins here is an item.</summary>
    public readonly bool IsAtItem => Depth == _itemLevel + 1;

    [UnscopedRef]
    public readonly ref readonly OtlpEnvelope EnvelopeAt(int level) => ref _levels[level].Envelope;

    /// <summary>Up to where the children of an open envelope are before the cut, the open one excluded.</summary>
    public readonly int TakenBefore(int level) => level == Depth - 1 ? _levels[level].Taken : _levels[level].OpenChild;

    /// <summary>From where the children of an open envelope are after the cut, the open one excluded.</summary>
    public readonly int TakenAfter(int level) => _levels[level].Taken;

    /// <summary>Whether the same envelope is open at a level of another cut point.</summary>
    public readonly bool SharesLevel(in OtlpCutPoint other, int level)
        => level < Depth && level < other.Depth && EnvelopeAt(level).Start == other.EnvelopeAt(level).Start;

    /// <summary>Goes to the start of the next unit, closing and opening envelopes as needed; false after the last.</summary>
    public bool MoveToUnit(ReadOnlySpan<byte> body)
    {
        while (_levels[Depth - 1].Taken == _levels[Depth - 1].Envelope.ChildrenEnd)
        {
            if (Depth == 1)
                return false;
            Depth--;
        }

        while (Depth <= _itemLevel)
        {
            ref var parent = ref _levels[Depth - 1];
            var (contentStart, contentEnd) = Child(body, parent.Taken);
            var child = OtlpEnvelope.Read(body, Depth, body[parent.Taken], contentStart, contentEnd);
            if (child.IsEmpty)
                break;
            parent.OpenChild = parent.Taken;
            parent.Taken = contentEnd;
            _levels[Depth++] = new Level { Envelope = child, Taken = child.ChildrenStart };
        }

        return true;
    }

    /// <summary>Goes to the end of the unit that begins here.</summary>
    public void TakeUnit(ReadOnlySpan<byte> body)
    {
        ref var level = ref _levels[Depth - 1];
        Debug.Assert(level.Taken < level.Envelope.ChildrenEnd, "There is a unit here.");
        level.Taken = Child(body, level.Taken).End;
    }

    private static (int Start, int End) Child(ReadOnlySpan<byte> body, int position)
    {
        var reader = new WireReader(body[position..]);
        reader.TryReadTag(out _, out _);
        var length = reader.ReadBytes().Length;
        var end = position + reader.Position;
        return (end - length, end);
    }

    [StructLayout(LayoutKind.Auto)]
    private struct Level
    {
        public OtlpEnvelope Envelope;

        /// <summary>Where the child stands in which the next level is.</summary>
        public int OpenChild;

        /// <summary>Where the next child begins.</summary>
        public int Taken;
    }

    [InlineArray(OtlpEnvelope.MaxLevels)]
    private struct Levels
    {
        private Level _first;
    }
}
