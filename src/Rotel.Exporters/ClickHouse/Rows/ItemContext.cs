using Rotel.Otlp.Readers;

namespace Rotel.Exporters.ClickHouse.Rows;

/// <summary>What the items of one scope have in common: their resource and the scope. A view, like the readers it is made of.</summary>
internal ref struct ItemContext(ContextNumbers numbers)
{
    private readonly ContextNumbers _numbers = numbers;
    private int _resourceBytes;
    private int _scopeBytes;

    /// <summary>Another number for every resource.</summary>
    public long ResourceId { get; private set; }

    /// <summary>Another number for every scope.</summary>
    public long ScopeId { get; private set; }

    public WireList<KeyValueReader> ResourceAttributes { get; private set; }

    /// <summary>The resource's <c>service.name</c> where that is a string, else empty.</summary>
    public ReadOnlySpan<byte> ServiceName { get; private set; }

    public ReadOnlySpan<byte> ResourceSchemaUrl { get; private set; }

    public ReadOnlySpan<byte> ScopeName { get; private set; }

    public ReadOnlySpan<byte> ScopeVersion { get; private set; }

    public WireList<KeyValueReader> ScopeAttributes { get; private set; }

    public uint ScopeDroppedAttributesCount { get; private set; }

    public ReadOnlySpan<byte> ScopeSchemaUrl { get; private set; }

    /// <summary>What every row repeats of this, in bytes.</summary>
    public readonly int Bytes => _resourceBytes + _scopeBytes;

    public void Enter<TItem>(ResourceEnvelopeReader<TItem> envelope)
        where TItem : IWireMessage<TItem>, allows ref struct
    {
        ResourceId = _numbers.Next();
        ResourceAttributes = envelope.Resource.Attributes;
        ServiceName = ServiceNameOf(ResourceAttributes);
        ResourceSchemaUrl = envelope.SchemaUrl;
        _resourceBytes = ResourceAttributes.Range.Length + ResourceSchemaUrl.Length;
    }

    public void Enter<TItem>(ScopeEnvelopeReader<TItem> envelope)
        where TItem : IWireMessage<TItem>, allows ref struct
    {
        Enter(envelope.Scope);
        ScopeSchemaUrl = envelope.SchemaUrl;
        _scopeBytes += ScopeSchemaUrl.Length;
    }

    /// <summary>Enters a scope without the URL of its schema, for tables that have no column for that.</summary>
    public void Enter(InstrumentationScopeReader scope)
    {
        ScopeId = _numbers.Next();
        ScopeName = scope.Name;
        ScopeVersion = scope.Version;
        ScopeAttributes = scope.Attributes;
        ScopeDroppedAttributesCount = scope.DroppedAttributesCount;
        ScopeSchemaUrl = default;
        _scopeBytes = ScopeAttributes.Range.Length + ScopeName.Length + ScopeVersion.Length;
    }

    private static ReadOnlySpan<byte> ServiceNameOf(WireList<KeyValueReader> attributes)
    {
        foreach (var attribute in attributes)
        {
            if (attribute.Key.SequenceEqual("service.name"u8) && attribute.Value is { Kind: AnyValueKind.String } name)
                return name.Bytes;
        }

        return default;
    }
}
