using Rotel.Otlp.Wire;
using static Rotel.Otlp.Wire.WireTag;
using F = Rotel.Otlp.Fields.CollectorFields.ResourceEnvelope;

namespace Rotel.Otlp.Readers;

/// <summary>ResourceSpans, ResourceMetrics or ResourceLogs: a resource and what it made, scope by scope.</summary>
internal readonly ref struct ResourceEnvelopeReader<TItem> : IWireMessage<ResourceEnvelopeReader<TItem>>
    where TItem : IWireMessage<TItem>, allows ref struct
{
    private readonly ReadOnlySpan<byte> _data;
    private readonly ReadOnlySpan<byte> _resource;
    private readonly FieldRange _scopes;

    private ResourceEnvelopeReader(ReadOnlySpan<byte> data)
    {
        _data = data;
        var resource = default(SingularMessage);
        var reader = new WireReader(data);
        while (true)
        {
            var start = reader.Position;
            if (!reader.TryReadTag(out uint tag))
                break;

            switch (tag)
            {
                case (F.Resource << 3) | Len:
                    resource.Add(start, reader.ReadBytes());
                    break;
                case (F.Scopes << 3) | Len:
                    reader.ReadBytes();
                    _scopes.Add(start, reader.Position);
                    break;
                case (F.SchemaUrl << 3) | Len:
                    SchemaUrl = reader.ReadBytes();
                    break;
                default:
                    reader.Skip(tag);
                    break;
            }
        }

        HasResource = resource.IsPresent;
        _resource = resource.Merge(data, F.Resource);
    }

    public bool HasResource { get; }

    /// <summary>Empty when absent. Scanned at each call.</summary>
    public ResourceReader Resource => ResourceReader.Read(_resource);

    public WireList<ScopeEnvelopeReader<TItem>> Scopes => new(_data, _scopes, F.Scopes);

    /// <summary>UTF-8; the schema of the resource.</summary>
    public ReadOnlySpan<byte> SchemaUrl { get; }

    public static ResourceEnvelopeReader<TItem> Read(ReadOnlySpan<byte> message) => new(message);
}
