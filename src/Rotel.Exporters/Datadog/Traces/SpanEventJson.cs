using System.Buffers.Text;
using Rotel.Exporters.Datadog.Obfuscation;
using Rotel.Memory;
using Rotel.Otlp.Readers;
using Rotel.Otlp.Text;

namespace Rotel.Exporters.Datadog.Traces;

/// <summary>
/// Events and links of a span as JSON in its tags <c>events</c> and <c>_dd.span_links</c>, which is where Datadog's agent and the
/// OpenTelemetry Collector put those of OTLP. The text is never cut in its middle: what would make it longer than a tag may be is left out,
/// and counted among the dropped attributes of its event or link.
/// </summary>
/// <param name="pool">For values while they are made.</param>
/// <param name="obfuscator">Null sends values as they are.</param>
internal sealed class SpanEventJson(BufferPool pool, Obfuscator? obfuscator)
{
    private const int MaxLength = SpanTags.MaxValueLength;

    /// <summary>Room for what ends an event and the list.</summary>
    private const int EndLength = 64;

    private readonly PooledBytes _nested = new(pool);

    /// <summary>Appends the events and finds what they say of an exception.</summary>
    public void WriteEvents(WireList<SpanEventReader> events, PooledBytes json, ref SpanException exception)
    {
        json.WriteByte((byte)'[');
        foreach (var one in events)
        {
            if (one.Name.SequenceEqual("exception"u8))
                Note(one.Attributes, ref exception);
            WriteEvent(one, json);
        }

        json.WriteByte((byte)']');
    }

    /// <summary>Appends the links.</summary>
    public void WriteLinks(WireList<SpanLinkReader> links, PooledBytes json)
    {
        json.WriteByte((byte)'[');
        foreach (var link in links)
            WriteLink(link, json);
        json.WriteByte((byte)']');
    }

    /// <summary>Gives memory back.</summary>
    public void Release() => _nested.Release();

    private static void Note(WireList<KeyValueReader> attributes, ref SpanException exception)
    {
        exception.IsPresent = true;
        foreach (var attribute in attributes)
        {
            if (!attribute.Key.StartsWith("exception."u8))
                continue;

            // Bytes are no text, and would be none in the tag either.
            var text = attribute.Value.Kind == AnyValueKind.String ? attribute.Value.Bytes : default;
            switch (attribute.Key.Length)
            {
                case 17 when attribute.Key.EndsWith("message"u8):
                    exception.Message = text;
                    break;
                case 14 when attribute.Key.EndsWith("type"u8):
                    exception.Type = text;
                    break;
                case 20 when attribute.Key.EndsWith("stacktrace"u8):
                    exception.StackTrace = text;
                    break;
            }
        }
    }

    private void WriteEvent(SpanEventReader one, PooledBytes json)
    {
        var start = json.Length;
        WriteSeparator(json, '[');
        json.WriteByte((byte)'{');
        if (one.TimeUnixNano != 0)
        {
            json.Write("\"time_unix_nano\":"u8);
            WriteNumber(one.TimeUnixNano, json);
        }

        if (!one.Name.IsEmpty)
        {
            WriteSeparator(json, '{');
            json.Write("\"name\":"u8);
            AttributeText.WriteJsonString(one.Name, json);
        }

        var dropped = one.DroppedAttributesCount + WriteAttributes(one.Attributes, json, isText: false);
        WriteEnd(start, dropped, json);
    }

    private void WriteLink(SpanLinkReader link, PooledBytes json)
    {
        var start = json.Length;
        WriteSeparator(json, '[');
        json.Write("{\"trace_id\":\""u8);
        WriteId(link.TraceId, SpanIds.TraceIdLength, json);
        json.Write("\",\"span_id\":\""u8);
        WriteId(link.SpanId, SpanIds.SpanIdLength, json);
        json.WriteByte((byte)'"');
        if (!link.TraceState.IsEmpty)
        {
            json.Write(",\"tracestate\":"u8);
            AttributeText.WriteJsonString(link.TraceState, json);
        }

        var dropped = link.DroppedAttributesCount + WriteAttributes(link.Attributes, json, isText: true);
        WriteEnd(start, dropped, json);
    }

    /// <summary>Writes the attributes for which there is room and returns how many there were besides.</summary>
    private uint WriteAttributes(WireList<KeyValueReader> attributes, PooledBytes json, bool isText)
    {
        if (attributes.IsEmpty || json.Length + EndLength > MaxLength)
            return (uint)attributes.Count;

        var dropped = 0u;
        WriteSeparator(json, '{');
        json.Write("\"attributes\":{"u8);
        foreach (var attribute in attributes)
        {
            var start = json.Length;
            WriteSeparator(json, '{');
            AttributeText.WriteJsonString(attribute.Key, json);
            json.WriteByte((byte)':');
            var kind = obfuscator is null ? ObfuscationKind.None : SpanObfuscation.Of(SpanFamily.Other, attribute.Key);
            if (isText)
                WriteAsText(attribute.Value, kind, json);
            else
                WriteJson(attribute.Value, kind, json);
            if (json.Length + EndLength <= MaxLength)
                continue;
            json.Length = start;
            dropped++;
        }

        json.WriteByte((byte)'}');
        return dropped;
    }

    private void WriteJson(AnyValueReader value, ObfuscationKind kind, PooledBytes json)
    {
        if (obfuscator is null)
            AttributeText.WriteJson(value, json);
        else
            AttributeObfuscation.WriteJson(value, kind, obfuscator, json);
    }

    /// <summary>Attributes of links are strings at Datadog, whatever they are at OpenTelemetry.</summary>
    private void WriteAsText(AnyValueReader value, ObfuscationKind kind, PooledBytes json)
    {
        if (value.Kind is AnyValueKind.None or AnyValueKind.StringIndex)
        {
            json.Write("\"\""u8);
            return;
        }

        _nested.Clear();
        WriteJson(value, kind, _nested);
        if (_nested.Span[0] == '"')
            json.Write(_nested.Span);
        else
            AttributeText.WriteJsonString(_nested.Span, json);
    }

    /// <summary>Ends an event or a link, or takes it back where there is no room for it.</summary>
    private static void WriteEnd(int start, uint dropped, PooledBytes json)
    {
        if (dropped > 0)
        {
            WriteSeparator(json, '{');
            json.Write("\"dropped_attributes_count\":"u8);
            WriteNumber(dropped, json);
        }

        json.WriteByte((byte)'}');
        if (json.Length >= MaxLength)
            json.Length = start;
    }

    private static void WriteSeparator(PooledBytes json, char opening)
    {
        if (json.Span[^1] != opening)
            json.WriteByte((byte)',');
    }

    private static void WriteNumber(ulong number, PooledBytes json)
    {
        var room = json.Append(20);
        Utf8Formatter.TryFormat(number, room, out var length);
        json.Length -= 20 - length;
    }

    private static void WriteId(ReadOnlySpan<byte> id, int length, PooledBytes json) => SpanIds.WriteHex(id, length, json);
}
