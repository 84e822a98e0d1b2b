using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Rotel.Otlp.Readers;

namespace Rotel.Otlp.Json;

/// <summary>
/// Turns an Export…ServiceRequest body from wire form into OTLP/JSON (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding):
/// one JSON object on one line, keys in the order of the .proto files, fields unknown to us dropped. Nothing is built in between, and
/// an instance allocates nothing per item. Not for profiles, which are only passed through. Not safe for concurrent use.
/// </summary>
internal sealed class OtlpJsonWriter : IDisposable
{
    // Between calls the writer points here, so that it keeps no reference to a caller's buffer.
    private readonly ArrayBufferWriter<byte> _idle = new();
    private readonly Utf8JsonWriter _json;
    private bool _isListOpen;

    public OtlpJsonWriter() =>
        // The text goes to files and queues, not into HTML: only what JSON itself demands is escaped. The structure is ours to keep valid.
        _json = new Utf8JsonWriter(
            _idle,
            new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true });

    private delegate void ItemWriter<TItem>(Utf8JsonWriter json, TItem item)
        where TItem : allows ref struct;

    /// <summary>
    /// Writes one body. Throws <c>WireFormatException</c> on bytes that are not protobuf or nest too deep; the destination then holds
    /// the part that was written. Bodies that passed the validator do not throw.
    /// </summary>
    public void Write(OtlpSignal signal, ReadOnlySpan<byte> body, IBufferWriter<byte> destination)
    {
        _json.Reset(destination);
        try
        {
            _isListOpen = false;
            _json.WriteStartObject();
            WriteBody(signal, body);
            WriteEnd();
        }
        finally
        {
            _json.Reset(_idle);
        }
    }

    /// <summary>Writes the bodies of a batch as the one request that they are together; throws as <see cref="Write"/> does.</summary>
    public void WriteAll(OtlpSignal signal, IReadOnlyList<OtlpPayload> payloads, IBufferWriter<byte> destination)
    {
        _json.Reset(destination);
        try
        {
            _isListOpen = false;
            _json.WriteStartObject();
            for (var i = 0; i < payloads.Count; i++)
                WriteBody(signal, payloads[i].Body.Span);
            WriteEnd();
        }
        finally
        {
            _json.Reset(_idle);
        }
    }

    public void Dispose() => _json.Dispose();

    private void WriteEnd()
    {
        if (_isListOpen)
            _json.WriteEndArray();
        _json.WriteEndObject();
        _json.Flush();
    }

    private void WriteBody(OtlpSignal signal, ReadOnlySpan<byte> body)
    {
        switch (signal)
        {
            case OtlpSignal.Traces:
                WriteResources<SpanReader>(
                    new TracesReader(body).GetEnumerator(),
                    OtlpJsonNames.ResourceSpans,
                    OtlpJsonNames.ScopeSpans,
                    OtlpJsonNames.Spans,
                    SpanJson.Write);
                break;
            case OtlpSignal.Metrics:
                WriteResources<MetricReader>(
                    new MetricsReader(body).GetEnumerator(),
                    OtlpJsonNames.ResourceMetrics,
                    OtlpJsonNames.ScopeMetrics,
                    OtlpJsonNames.Metrics,
                    MetricJson.Write);
                break;
            case OtlpSignal.Logs:
                WriteResources<LogRecordReader>(
                    new LogsReader(body).GetEnumerator(),
                    OtlpJsonNames.ResourceLogs,
                    OtlpJsonNames.ScopeLogs,
                    OtlpJsonNames.LogRecords,
                    LogRecordJson.Write);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(signal), signal, "Profiles are only passed through as they are.");
        }
    }

    private void WriteResources<TItem>(
        WireListEnumerator<ResourceEnvelopeReader<TItem>> resources,
        JsonEncodedText resourcesName,
        JsonEncodedText scopesName,
        JsonEncodedText itemsName,
        ItemWriter<TItem> writeItem)
        where TItem : IWireMessage<TItem>, allows ref struct
    {
        while (resources.MoveNext())
        {
            if (!_isListOpen)
                _json.WriteStartArray(resourcesName);
            _isListOpen = true;
            var envelope = resources.Current;
            _json.WriteStartObject();
            if (envelope.HasResource)
            {
                _json.WritePropertyName(OtlpJsonNames.Resource);
                CommonJson.WriteResource(_json, envelope.Resource);
            }

            if (!envelope.Scopes.IsEmpty)
            {
                _json.WriteStartArray(scopesName);
                foreach (var scope in envelope.Scopes)
                    WriteScope(scope, itemsName, writeItem);
                _json.WriteEndArray();
            }

            _json.WriteStringIfSet(OtlpJsonNames.SchemaUrl, envelope.SchemaUrl);
            _json.WriteEndObject();
        }
    }

    private void WriteScope<TItem>(ScopeEnvelopeReader<TItem> envelope, JsonEncodedText itemsName, ItemWriter<TItem> writeItem)
        where TItem : IWireMessage<TItem>, allows ref struct
    {
        _json.WriteStartObject();
        if (envelope.HasScope)
        {
            _json.WritePropertyName(OtlpJsonNames.Scope);
            CommonJson.WriteScope(_json, envelope.Scope);
        }

        if (!envelope.Items.IsEmpty)
        {
            _json.WriteStartArray(itemsName);
            foreach (var item in envelope.Items)
                writeItem(_json, item);
            _json.WriteEndArray();
        }

        _json.WriteStringIfSet(OtlpJsonNames.SchemaUrl, envelope.SchemaUrl);
        _json.WriteEndObject();
    }
}
