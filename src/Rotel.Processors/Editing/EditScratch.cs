using Rotel.Memory;

namespace Rotel.Processors.Editing;

/// <summary>
/// The working memory of one edit at a time: kept by the processor and used again, so that editing allocates nothing per item. What it
/// holds is valid during one call only.
/// </summary>
internal sealed class EditScratch(BufferPool pool) : IDisposable
{
    private AttributeEdit.Slot[] _slots = new AttributeEdit.Slot[64];
    private char[] _chars = new char[256];

    public WireRewrite.Frame[] Frames { get; } = new WireRewrite.Frame[WireRewrite.MaxDepth];

    /// <summary>The body as it becomes.</summary>
    public PooledBytes Output { get; } = new(pool);

    /// <summary>The body in normal form, where it had to be rewritten first.</summary>
    public PooledBytes NormalForm { get; } = new(pool);

    /// <summary>Bytes of new attributes of the message being edited.</summary>
    public PooledBytes New { get; } = new(pool);

    /// <summary>For whatever an editor builds.</summary>
    public PooledBytes Text { get; } = new(pool);

    public Span<AttributeEdit.Slot> Slots => _slots;

    public Span<AttributeEdit.Slot> GrowSlots()
    {
        Array.Resize(ref _slots, _slots.Length * 2);
        return _slots;
    }

    /// <summary>Room for characters, for code that works on UTF-16; the same room every time.</summary>
    public Span<char> Chars(int count)
    {
        if (_chars.Length < count)
            _chars = new char[Math.Max(count, _chars.Length * 2)];
        return _chars;
    }

    /// <summary>Gives the memory of one body back to the pool.</summary>
    public void Clear()
    {
        Output.Release();
        NormalForm.Release();
        New.Release();
        Text.Release();
    }

    public void Dispose() => Clear();
}
