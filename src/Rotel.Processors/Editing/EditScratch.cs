using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Rotel.Memory;

namespace Rotel.Processors.Editing;

/// <summary>
/// The working memory of one edit at a time: kept by the processor and used again, so that editing allocates nothing per item. What it
/// holds is valid during one call only; what grows with the body is lent by the pool, and so charged, until <see cref="Clear"/>.
/// </summary>
internal sealed class EditScratch(BufferPool pool, TimeProvider time) : IDisposable
{
    // Room for what is usual, which no pool need be asked for.
    private readonly AttributeEdit.Slot[] _slots = new AttributeEdit.Slot[64];
    private readonly char[] _chars = new char[1024];

    private readonly PooledBytes _moreSlots = new(pool);
    private readonly PooledBytes _moreChars = new(pool);
    private bool[] _answers = new bool[16];

    public WireRewrite.Frame[] Frames { get; } = new WireRewrite.Frame[WireRewrite.MaxDepth];

    /// <summary>The body as it becomes.</summary>
    public PooledBytes Output { get; } = new(pool);

    /// <summary>The body in normal form, where it had to be rewritten first.</summary>
    public PooledBytes NormalForm { get; } = new(pool);

    /// <summary>Bytes of new attributes of the message being edited.</summary>
    public PooledBytes New { get; } = new(pool);

    /// <summary>For whatever an editor builds.</summary>
    public PooledBytes Text { get; } = new(pool);

    /// <summary>The time that a user's patterns which may backtrack can still take for the body.</summary>
    public MatchAllowance Allowance { get; } = new(time, UserPattern.MaxTime);

    /// <summary>What the editor keeps from one body to the next; a scratch serves one processor.</summary>
    public EditorState? State { get; set; }

    public Span<AttributeEdit.Slot> Slots => _moreSlots.IsEmpty ? _slots : MoreSlots;

    private Span<AttributeEdit.Slot> MoreSlots => MemoryMarshal.Cast<byte, AttributeEdit.Slot>(_moreSlots.WrittenFrom(0));

    /// <summary>Twice as many slots, the first with what was in the old ones.</summary>
    public Span<AttributeEdit.Slot> GrowSlots()
    {
        var old = Slots;
        if (_moreSlots.IsEmpty)
        {
            _moreSlots.Append(2 * old.Length * Unsafe.SizeOf<AttributeEdit.Slot>());
            old.CopyTo(MoreSlots);
        }
        else
        {
            _moreSlots.Append(_moreSlots.Length);
        }

        return MoreSlots;
    }

    /// <summary>Room for characters, for code that works on UTF-16; the same room every time.</summary>
    public Span<char> Chars(int count)
    {
        if (count <= _chars.Length)
            return _chars;
        _moreChars.Clear();
        return MemoryMarshal.Cast<byte, char>(_moreChars.Append(checked(count * sizeof(char))));
    }

    /// <summary>What an editor's conditions were answered about the messages that the walk is in; the same room during a walk.</summary>
    public Span<bool> Answers(int count)
    {
        if (_answers.Length < count)
            _answers = new bool[count];
        return _answers.AsSpan(0, count);
    }

    /// <summary>Text as UTF-16, valid until the next use of <see cref="Chars"/>; what is not UTF-8 becomes U+FFFD.</summary>
    public ReadOnlySpan<char> Decode(ReadOnlySpan<byte> utf8)
    {
        // No more units than bytes.
        var room = Chars(utf8.Length);
        return room[..Encoding.UTF8.GetChars(utf8, room)];
    }

    /// <summary>Gives the memory of one body back to the pool.</summary>
    public void Clear()
    {
        Output.Release();
        NormalForm.Release();
        New.Release();
        Text.Release();
        _moreSlots.Release();
        _moreChars.Release();
        Allowance.Reset();
        State?.EndBody();
    }

    public void Dispose() => Clear();
}
