using System.Diagnostics.CodeAnalysis;
using Rotel.Otlp.Readers;
using Rotel.Processors.Editing;

namespace Rotel.Processors.Filtering.Conditions;

/// <summary>An instrumentation scope, read when the first condition asks for something in it.</summary>
internal ref struct ScopeItem(ReadOnlySpan<byte> message, ReadOnlySpan<bool> known, EditScratch scratch) : IAttributedItem
{
    private readonly ReadOnlySpan<byte> _message = message;
    private readonly ReadOnlySpan<bool> _known = known;
    private InstrumentationScopeReader _reader;
    private bool _isRead;

    [UnscopedRef]
    public ref readonly InstrumentationScopeReader Scope
    {
        get
        {
            if (!_isRead)
            {
                _reader = InstrumentationScopeReader.Read(_message);
                _isRead = true;
            }

            return ref _reader;
        }
    }

    public WireList<KeyValueReader> Attributes => Scope.Attributes;

    public EditScratch Scratch { get; } = scratch;

    public readonly bool IsKnown(int index) => _known[index];
}
