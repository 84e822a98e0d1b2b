using Rotel.Otlp.Readers;

namespace Rotel.Otlp.Text;

/// <summary>
/// The detailed debug log: every field of a body as lines for people, in the manner of the OpenTelemetry Collector's debug exporter.
/// For looking at a few payloads, not for speed. The writer's own NewLine ends the lines.
/// </summary>
internal static class OtlpTextWriter
{
    private delegate void ItemWriter<TItem>(TextWriter text, int index, TItem item)
        where TItem : allows ref struct;

    /// <summary>Writes one body. Throws <c>WireFormatException</c> on bytes that are not protobuf.</summary>
    public static void Write(OtlpSignal signal, ReadOnlySpan<byte> body, TextWriter text)
    {
        switch (signal)
        {
            case OtlpSignal.Traces:
                WriteResources<SpanReader>(text, new TracesReader(body).GetEnumerator(), "ResourceSpans", "ScopeSpans", SpanText.Write);
                break;
            case OtlpSignal.Metrics:
                WriteResources<MetricReader>(
                    text,
                    new MetricsReader(body).GetEnumerator(),
                    "ResourceMetrics",
                    "ScopeMetrics",
                    MetricText.Write);
                break;
            default:
                WriteResources<LogRecordReader>(
                    text,
                    new LogsReader(body).GetEnumerator(),
                    "ResourceLog",
                    "ScopeLogs",
                    LogRecordText.Write);
                break;
        }
    }

    private static void WriteResources<TItem>(
        TextWriter text,
        WireListEnumerator<ResourceEnvelopeReader<TItem>> envelopes,
        string resourceTitle,
        string scopeTitle,
        ItemWriter<TItem> writeItem)
        where TItem : IWireMessage<TItem>, allows ref struct
    {
        for (var i = 0; envelopes.MoveNext(); i++)
        {
            var envelope = envelopes.Current;
            text.WriteNamed($"{resourceTitle} #", i);
            WriteSchemaUrl(text, "Resource", envelope.SchemaUrl);
            var resource = envelope.Resource;
            text.WriteAttributes("Resource attributes:", resource.Attributes);
            WriteDropped(text, resource.DroppedAttributesCount);

            var scopeIndex = 0;
            foreach (var scope in envelope.Scopes)
                WriteScope(text, scopeIndex++, scope, scopeTitle, writeItem);
        }
    }

    private static void WriteScope<TItem>(
        TextWriter text,
        int index,
        ScopeEnvelopeReader<TItem> envelope,
        string title,
        ItemWriter<TItem> writeItem)
        where TItem : IWireMessage<TItem>, allows ref struct
    {
        text.WriteNamed($"{title} #", index);
        WriteSchemaUrl(text, title, envelope.SchemaUrl);
        var scope = envelope.Scope;
        text.Write("InstrumentationScope ");
        text.WriteUtf8(scope.Name);
        text.Write(' ');
        text.WriteUtf8(scope.Version);
        text.WriteLine();
        text.WriteAttributes("InstrumentationScope attributes:", scope.Attributes);
        WriteDropped(text, scope.DroppedAttributesCount);

        var itemIndex = 0;
        foreach (var item in envelope.Items)
            writeItem(text, itemIndex++, item);
    }

    private static void WriteSchemaUrl(TextWriter text, string title, ReadOnlySpan<byte> schemaUrl)
    {
        if (schemaUrl.IsEmpty)
            return;

        text.Write(title);
        text.Write(" SchemaURL: ");
        text.WriteUtf8(schemaUrl);
        text.WriteLine();
    }

    private static void WriteDropped(TextWriter text, uint count)
    {
        if (count > 0)
            text.WriteNamed("Dropped attributes count: ", count);
    }
}
