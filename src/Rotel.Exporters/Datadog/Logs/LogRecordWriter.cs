using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using Rotel.Exporters.Datadog.Resources;
using Rotel.Memory;
using Rotel.Otlp.Readers;
using Rotel.Otlp.Text;

namespace Rotel.Exporters.Datadog.Logs;

/// <summary>
/// Writes log records as the logs intake takes them (https://docs.datadoghq.com/api/latest/logs/#send-logs): one object in JSON each. Of
/// several attributes with one name, and of an attribute and a field, the first of resource, scope, record's own fields and record's
/// attributes counts. Used by one thread.
/// </summary>
internal sealed class LogRecordWriter : IDisposable
{
    /// <summary>The largest record that the intake takes, in bytes of JSON.</summary>
    public const int MaxRecordBytes = 1_000_000;

    private const int TraceIdLength = 16;
    private const int SpanIdLength = 8;
    private const int MaxNumberLength = 20;

    private static readonly SearchValues<byte> HexDigits = SearchValues.Create("0123456789abcdefABCDEF"u8);

    private readonly LogFields _fields;
    private readonly LogContext _context;

    /// <summary>Values of attributes that become fields, for as long as a record is written.</summary>
    private readonly PooledBytes _texts;

    private readonly PooledBytes _tags;

    /// <summary>Where in the texts the value of each kind lies.</summary>
    private readonly (int Start, int Length)[] _found = new (int, int)[(int)LogAttribute.Source + 1];

    public LogRecordWriter(BufferPool pool)
    {
        _fields = new LogFields(pool);
        _context = new LogContext(_fields, pool);
        _texts = new PooledBytes(pool);
        _tags = new PooledBytes(pool);
    }

    /// <summary>What ends a message that was cut, as Datadog's agent has it; the record is tagged with <see cref="CutTag"/>.</summary>
    public static ReadOnlySpan<byte> CutMark => "...TRUNCATED..."u8;

    public static ReadOnlySpan<byte> CutTag => "truncated:message"u8;

    /// <summary>Bytes that every record of the resource and the scope repeats.</summary>
    public int ContextBytes => _context.Fields.Length + _context.Tags.Length;

    public void Enter(WireList<KeyValueReader> resourceAttributes, DatadogResource resource) =>
        _context.Enter(resourceAttributes, resource);

    public void Enter(InstrumentationScopeReader scope) => _context.Enter(scope);

    /// <summary>Appends a record; false when it is too large even without a message, and nothing is appended.</summary>
    public bool TryWrite(in LogRecordReader record, PooledBytes json)
    {
        if (ContextBytes > MaxRecordBytes)
            return false;

        var start = json.Length;
        _fields.Limit(start + MaxRecordBytes);
        _texts.Clear();
        Array.Clear(_found);
        json.WriteByte((byte)'{');
        json.Write(_context.Fields);
        WriteOwnFields(record, json);
        var isWritten = TryWriteAttributes(record.Attributes, start, json);
        if (isWritten)
        {
            WriteIds(LogAttribute.TraceId, TraceIdLength, "dd.trace_id"u8, "otel.trace_id"u8, json);
            WriteIds(LogAttribute.SpanId, SpanIdLength, "dd.span_id"u8, "otel.span_id"u8, json);
            WriteStatus(record, json);
            WriteSource(json);
            isWritten = TryEnd(record.Body, start, json);
        }

        _fields.ForgetFrom(_context.Names);
        if (!isWritten)
            json.Length = start;
        return isWritten;
    }

    /// <summary>Forgets everything and gives memory back.</summary>
    public void Release()
    {
        _context.Release();
        _texts.Release();
        _tags.Release();
    }

    public void Dispose() => Release();

    /// <summary>The longest beginning of a text, cut between characters, that takes at most so many bytes in JSON.</summary>
    internal static ReadOnlySpan<byte> Fitting(ReadOnlySpan<byte> utf8, int room)
    {
        var end = 0;
        for (; end < utf8.Length; end++)
        {
            room -= utf8[end] switch
            {
                (byte)'"' or (byte)'\\' or (byte)'\n' or (byte)'\r' or (byte)'\t' => 2,
                < 0x20 => 6,
                _ => 1,
            };
            if (room < 0)
                break;
        }

        return DatadogTags.Cut(utf8, end);
    }

    private static void WriteNumberText(ReadOnlySpan<byte> name, ulong number, PooledBytes json)
    {
        Span<byte> digits = stackalloc byte[MaxNumberLength];
        number.TryFormat(digits, out var length, default, CultureInfo.InvariantCulture);
        LogFields.WriteText(name, digits[..length], json);
    }

    private ReadOnlySpan<byte> Found(LogAttribute kind) => _texts.Span.Slice(_found[(int)kind].Start, _found[(int)kind].Length);

    private void WriteOwnFields(in LogRecordReader record, PooledBytes json)
    {
        WriteId(record.TraceId, TraceIdLength, "dd.trace_id"u8, "otel.trace_id"u8, json);
        WriteId(record.SpanId, SpanIdLength, "dd.span_id"u8, "otel.span_id"u8, json);
        if (!record.SeverityText.IsEmpty)
            _fields.TryWriteText("otel.severity_text"u8, record.SeverityText, json);
        if (record.SeverityNumber != 0 && _fields.TryTake("otel.severity_number"u8))
        {
            Span<byte> digits = stackalloc byte[MaxNumberLength];
            record.SeverityNumber.TryFormat(digits, out var length, default, CultureInfo.InvariantCulture);
            LogFields.WriteText("otel.severity_number"u8, digits[..length], json);
        }

        // When it happened where the sender knew that, else when it was seen.
        WriteTime(record.TimeUnixNano != 0 ? record.TimeUnixNano : record.ObservedTimeUnixNano, json);
        if (!record.EventName.IsEmpty)
            _fields.TryWriteText("otel.event_name"u8, record.EventName, json);
    }

    private void WriteTime(ulong unixNano, PooledBytes json)
    {
        if (unixNano == 0)
            return;
        if (_fields.TryTake("otel.timestamp"u8))
            WriteNumberText("otel.timestamp"u8, unixNano, json);
        if (!_fields.TryTake("@timestamp"u8))
            return;

        Span<byte> text = stackalloc byte[32];
        var time = DateTime.UnixEpoch.AddTicks((long)(unixNano / TimeSpan.NanosecondsPerTick));
        time.TryFormat(text, out var length, "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        LogFields.WriteText("@timestamp"u8, text[..length], json);
    }

    /// <summary>The last 64 bits in decimal, as Datadog's tracers put them into logs, and the whole id in hexadecimal.</summary>
    private void WriteId(ReadOnlySpan<byte> id, int length, ReadOnlySpan<byte> name, ReadOnlySpan<byte> wholeName, PooledBytes json)
    {
        if (id.Length != length || !id.ContainsAnyExcept((byte)0) || !_fields.TryTake(name))
            return;

        WriteNumberText(name, BinaryPrimitives.ReadUInt64BigEndian(id[^sizeof(ulong)..]), json);
        if (!_fields.TryTake(wholeName))
            return;
        Span<byte> hex = stackalloc byte[2 * TraceIdLength];
        Convert.TryToHexStringLower(id, hex, out var written);
        LogFields.WriteText(wholeName, hex[..written], json);
    }

    /// <summary>An id that an attribute gives, where the record has none itself.</summary>
    private void WriteIds(LogAttribute kind, int length, ReadOnlySpan<byte> name, ReadOnlySpan<byte> wholeName, PooledBytes json)
    {
        Span<byte> id = stackalloc byte[TraceIdLength];
        if (!Found(kind).IsEmpty && Convert.FromHexString(Found(kind), id, out _, out var written) == OperationStatus.Done)
            WriteId(id[..written], length, name, wholeName, json);
    }

    private bool TryWriteAttributes(WireList<KeyValueReader> attributes, int start, PooledBytes json)
    {
        for (var list = attributes.GetEnumerator(); list.MoveNext();)
        {
            // What is written is no shorter, unless it is a message, which can be cut.
            var attribute = list.Current;
            var kind = LogAttributes.Of(attribute.Key);
            if (list.Length > MaxRecordBytes && kind != LogAttribute.Message)
                return false;
            if (kind == LogAttribute.None || !TryFind(kind, attribute.Value))
                WriteAttribute(attribute, json);
            if (json.Length - start > MaxRecordBytes)
                return false;
        }

        return true;
    }

    /// <summary>Keeps the value of an attribute that becomes a field; false when it stays an attribute.</summary>
    private bool TryFind(LogAttribute kind, AnyValueReader value)
    {
        var text = _fields.TextOf(value);
        var isId = kind is LogAttribute.TraceId or LogAttribute.SpanId;
        if (isId && (text.Length != 2 * (kind == LogAttribute.TraceId ? TraceIdLength : SpanIdLength) || text.ContainsAnyExcept(HexDigits)))
            return false;
        if (_found[(int)kind].Length > 0)
            return kind == LogAttribute.Source || isId;

        _found[(int)kind] = (_texts.Length, text.Length);
        _texts.Write(text);
        return true;
    }

    private void WriteAttribute(KeyValueReader attribute, PooledBytes json)
    {
        var name = attribute.Key;
        if (name.SequenceEqual("service"u8) || name.SequenceEqual("hostname"u8))
        {
            // They are the resource's where it has them.
            var text = _fields.TextOf(attribute.Value);
            if (!_fields.TryWriteText(name, text, json))
                _fields.TryWriteText(name[0] == 's' ? "otel.service"u8 : "otel.hostname"u8, text, json);
            return;
        }

        _fields.Write(name, attribute.Value, json);
    }

    private void WriteStatus(in LogRecordReader record, PooledBytes json)
    {
        var status = Found(LogAttribute.Status);
        if (status.IsEmpty)
            status = record.SeverityText.IsEmpty ? LogStatus.Of(record.SeverityNumber) : record.SeverityText;
        LogFields.WriteText("status"u8, status, json);
    }

    private void WriteSource(PooledBytes json)
    {
        if (_context.HasSource)
            return;
        var source = Found(LogAttribute.Source);
        LogFields.WriteText("ddsource"u8, source.IsEmpty ? LogContext.DefaultSource : source, json);
    }

    /// <summary>The tags and the message, which is cut where the record would be too large; then the tags say so.</summary>
    private bool TryEnd(AnyValueReader body, int start, PooledBytes json)
    {
        var message = Found(LogAttribute.Message);
        if (message.IsEmpty)
            message = _fields.TextOf(body);
        else
            WriteBody(body, start, json);

        var end = json.Length;
        if (message.Length < MaxRecordBytes)
        {
            WriteTags(isCut: false, json);
            json.Write("\"message\":"u8);
            AttributeText.WriteJsonString(message, json);
            json.WriteByte((byte)'}');
            if (json.Length - start <= MaxRecordBytes)
                return true;
            json.Length = end;
        }

        WriteTags(isCut: true, json);
        json.Write("\"message\":"u8);
        var room = MaxRecordBytes - (json.Length - start) - CutMark.Length - "\"\"}"u8.Length;
        if (room < 0)
            return false;
        AttributeText.WriteJsonString(Fitting(message, room), json);
        json.Length--;
        json.Write(CutMark);
        json.Write("\"}"u8);
        return true;
    }

    /// <summary>The body of a record whose message is another text, where that leaves half of the record for the message.</summary>
    private void WriteBody(AnyValueReader body, int start, PooledBytes json)
    {
        var text = _fields.TextOf(body);
        var end = json.Length;
        if (text.IsEmpty || text.Length > MaxRecordBytes / 2 || !_fields.TryWriteText("otel.body"u8, text, json))
            return;
        if (json.Length - start > MaxRecordBytes / 2)
            json.Length = end;
    }

    private void WriteTags(bool isCut, PooledBytes json)
    {
        var own = Found(LogAttribute.Tags);
        if (_context.Tags.Length == 0 && own.IsEmpty && !isCut)
            return;

        _tags.Clear();
        _tags.Write(_context.Tags);
        AppendTags(own);
        if (isCut)
            AppendTags(CutTag);
        LogFields.WriteText("ddtags"u8, _tags.Span, json);
    }

    private void AppendTags(ReadOnlySpan<byte> tags)
    {
        if (tags.IsEmpty)
            return;
        if (!_tags.IsEmpty)
            _tags.WriteByte((byte)',');
        _tags.Write(tags);
    }
}
