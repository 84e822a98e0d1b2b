using Rotel.Exporters.Datadog.Resources;
using Rotel.Memory;
using Rotel.Otlp.Readers;

namespace Rotel.Exporters.Datadog.Logs;

/// <summary>
/// What all records of a resource and a scope have in common, written once: fields that are copied into each record, tags, and the names
/// that are taken by them. An attribute that has the name of a field of Datadog's is sent as <c>otel.</c> and the name. Used by one
/// thread.
/// </summary>
internal sealed class LogContext(LogFields fields, BufferPool pool) : IDisposable
{
    /// <summary>Of a resource that has no <c>datadog.log.source</c>, as from Datadog's own exporter.</summary>
    public static ReadOnlySpan<byte> DefaultSource => "otlp_log_ingestion"u8;

    private readonly PooledBytes _fields = new(pool);
    private int _resourceLength;
    private int _resourceNames;

    /// <summary>Fields as they are in each record, each with a comma behind it.</summary>
    public ReadOnlySpan<byte> Fields => _fields.Span;

    /// <summary>How many names the resource and the scope have taken.</summary>
    public int Names { get; private set; }

    /// <summary>Whether the resource says what the source is.</summary>
    public bool HasSource { get; private set; }

    /// <summary>Joined by commas.</summary>
    public byte[] Tags { get; private set; } = [];

    public void Enter(WireList<KeyValueReader> attributes, DatadogResource resource)
    {
        fields.ForgetFrom(0);
        _fields.Clear();
        Tags = resource.LogTagList;
        HasSource = false;

        // Of every record.
        fields.TryTake("message"u8);
        fields.TryTake("status"u8);
        fields.TryTake("ddsource"u8);
        fields.TryTake("ddtags"u8);
        if (resource.Host.Length > 0)
            fields.TryWriteText("hostname"u8, resource.Host, _fields);
        if (resource.Service.Length > 0)
            fields.TryWriteText("service"u8, resource.Service, _fields);
        foreach (var attribute in attributes)
        {
            if (HasSource || !attribute.Key.SequenceEqual("datadog.log.source"u8))
                Write(attribute);
            else if (fields.TextOf(attribute.Value) is { IsEmpty: false } source)
                WriteSource(source);
        }

        _resourceLength = _fields.Length;
        _resourceNames = Names = fields.Count;
    }

    public void Enter(InstrumentationScopeReader scope)
    {
        fields.ForgetFrom(_resourceNames);
        _fields.Length = _resourceLength;
        if (!scope.Name.IsEmpty)
            fields.TryWriteText("otel.scope.name"u8, scope.Name, _fields);
        if (!scope.Version.IsEmpty)
            fields.TryWriteText("otel.scope.version"u8, scope.Version, _fields);
        foreach (var attribute in scope.Attributes)
            Write(attribute);
        Names = fields.Count;
    }

    /// <summary>Forgets everything and gives memory back.</summary>
    public void Release()
    {
        fields.Release();
        _fields.Release();
        _resourceLength = _resourceNames = Names = 0;
        Tags = [];
    }

    public void Dispose() => Release();

    private static ReadOnlySpan<byte> OutOfTheWay(ReadOnlySpan<byte> name) => name switch
    {
        _ when name.SequenceEqual("hostname"u8) => "otel.hostname"u8,
        _ when name.SequenceEqual("service"u8) => "otel.service"u8,
        _ when name.SequenceEqual("message"u8) => "otel.message"u8,
        _ when name.SequenceEqual("status"u8) => "otel.status"u8,
        _ when name.SequenceEqual("ddsource"u8) => "otel.ddsource"u8,
        _ when name.SequenceEqual("ddtags"u8) => "otel.ddtags"u8,
        _ when name.SequenceEqual("@timestamp"u8) => "otel.@timestamp"u8,
        _ when name.SequenceEqual("dd.trace_id"u8) => "otel.dd.trace_id"u8,
        _ when name.SequenceEqual("dd.span_id"u8) => "otel.dd.span_id"u8,
        _ => name,
    };

    private void WriteSource(ReadOnlySpan<byte> source)
    {
        LogFields.WriteText("ddsource"u8, source, _fields);
        HasSource = true;
    }

    private void Write(KeyValueReader attribute) => fields.WriteAsText(OutOfTheWay(attribute.Key), attribute.Value, _fields);
}
