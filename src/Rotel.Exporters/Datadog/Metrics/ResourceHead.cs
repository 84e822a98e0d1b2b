using System.Runtime.CompilerServices;
using Rotel.Exporters.Datadog.Resources;
using Rotel.Memory;

namespace Rotel.Exporters.Datadog.Metrics;

/// <summary>What all records of a resource begin with, encoded once per distinct resource: its host and its tags.</summary>
internal sealed class ResourceHead
{
    private static readonly ConditionalWeakTable<DatadogResource, ResourceHead> Known = new();

    private ResourceHead(byte[] series, byte[] sketch)
    {
        Series = series;
        Sketch = sketch;
    }

    /// <summary>Fields of a series.</summary>
    public byte[] Series { get; }

    /// <summary>Fields of a distribution.</summary>
    public byte[] Sketch { get; }

    public static ResourceHead Of(DatadogResource resource, BufferPool pool)
    {
        if (!Known.TryGetValue(resource, out var head))
        {
            head = Make(resource, pool);
            Known.AddOrUpdate(resource, head);
        }

        return head;
    }

    private static ResourceHead Make(DatadogResource resource, BufferPool pool)
    {
        using var fields = new PooledBytes(pool);

        // The host is named even when it is empty: that says there is none.
        ProtoFields.WriteLengthStart(
            fields,
            SeriesFields.Resources,
            ProtoFields.LengthOfBytes("host"u8.Length) + ProtoFields.LengthOfBytes(resource.Host.Length));
        ProtoFields.WriteBytes(fields, SeriesFields.ResourceType, "host"u8);
        ProtoFields.WriteBytes(fields, SeriesFields.ResourceName, resource.Host);
        foreach (var tag in resource.Tags)
            ProtoFields.WriteBytes(fields, SeriesFields.Tags, tag);
        var series = fields.Span.ToArray();

        fields.Clear();
        ProtoFields.WriteBytes(fields, SketchFields.Host, resource.Host);
        foreach (var tag in resource.Tags)
            ProtoFields.WriteBytes(fields, SketchFields.Tags, tag);
        return new ResourceHead(series, fields.Span.ToArray());
    }
}
