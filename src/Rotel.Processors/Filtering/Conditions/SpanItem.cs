using System.Diagnostics.CodeAnalysis;
using Rotel.Otlp.Readers;
using Rotel.Processors.Editing;

namespace Rotel.Processors.Filtering.Conditions;

/// <summary>A span, read when the first condition asks for something in it.</summary>
internal ref struct SpanItem(ReadOnlySpan<byte> message, ReadOnlySpan<bool> known, EditScratch scratch) : IAttributedItem
{
    private readonly ReadOnlySpan<byte> _message = message;
    private readonly ReadOnlySpan<bool> _known = known;
    private SpanReader _reader;
    private bool _isRead;

    [UnscopedRef]
    public ref readonly SpanReader Span
    {
        get
        {
            if (!_isRead)
            {
                _reader = SpanReader.Read(_message);
                _isRead = true;
            }

            return ref _reader;
        }
    }

    public WireList<KeyValueReader> Attributes => Span.Attributes;

    public EditScratch Scratch { get; } = scratch;

    public readonly bool IsKnown(int index) => _known[index];
}
