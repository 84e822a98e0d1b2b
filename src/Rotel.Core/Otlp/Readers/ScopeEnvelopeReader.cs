using Rotel.Otlp.Wire;
using static Rotel.Otlp.Wire.WireTag;
using F = Rotel.Otlp.Fields.CollectorFields.ScopeEnvelope;

namespace Rotel.Otlp.Readers;

/// <summary>ScopeSpans, ScopeMetrics or ScopeLogs: an instrumentation scope and its items.</summary>
internal readonly ref struct ScopeEnvelopeReader<TItem> : IWireMessage<ScopeEnvelopeReader<TItem>>
    where TItem : IWireMessage<TItem>, allows ref struct
{
    private readonly ReadOnlySpan<byte> _data;
    private readonly ReadOnlySpan<byte> _scope;
    private readonly FieldRange _items;

    private ScopeEnvelopeReader(ReadOnlySpan<byte> data)
    {
        _data = data;
        var scope = default(SingularMessage);
        var reader = new WireReader(data);
        while (true)
        {
            var start = reader.Position;
            if (!reader.TryReadTag(out uint tag))
                break;

            switch (tag)
            {
                case (F.Scope << 3) | Len:
                    scope.Add(start, reader.ReadBytes());
                    break;
                case (F.Items << 3) | Len:
                    reader.ReadBytes();
                    _items.Add(start, reader.Position);
                    break;
                case (F.SchemaUrl << 3) | Len:
                    SchemaUrl = reader.ReadBytes();
                    break;
                default:
                    reader.Skip(tag);
                    break;
            }
        }

        HasScope = scope.IsPresent;
        _scope = scope.Merge(data, F.Scope);
    }

    public bool HasScope { get; }

    /// <summary>Empty when absent. Scanned at each call.</summary>
    public InstrumentationScopeReader Scope => InstrumentationScopeReader.Read(_scope);

    public WireList<TItem> Items => new(_data, _items, F.Items);

    /// <summary>UTF-8; the schema of the scope and its items.</summary>
    public ReadOnlySpan<byte> SchemaUrl { get; }

    public static ScopeEnvelopeReader<TItem> Read(ReadOnlySpan<byte> message) => new(message);
}
