using System.Text.Json;
using Rotel.Memory;

namespace Rotel.Otlp.Json;

/// <summary>
/// Turns an OTLP/JSON Export…ServiceRequest (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding) into its wire form: one
/// pass over the text, driven by <see cref="OtlpJsonSchema"/>, with nothing built in between and nothing allocated per item.
/// </summary>
/// <remarks>
/// Fields are written in the order of the text, as they stand there, so that what a key given twice means is what protobuf makes of a field
/// given twice: the last scalar wins, the last member of a oneof wins, messages merge, lists are joined. A null is as if its key was not
/// there. Text that is not UTF-8 is passed on for <see cref="OtlpValidator"/> to count and <see cref="OtlpUtf8Repair"/> to repair: the
/// result is as little trusted as any body from the network.
/// </remarks>
internal ref partial struct OtlpJsonReader
{
    /// <summary>
    /// How much deeper JSON may nest than two levels for each message that <see cref="OtlpLimits.MaxDepth"/> allows: a list and an object.
    /// Only values of unknown keys can.
    /// </summary>
    private const int UnknownDepth = 64;

    private const string AnObjectOfAValue = "an object such as {\"stringValue\":\"…\"}";

    private readonly ReadOnlySpan<byte> _text;
    private readonly int _start;
    private readonly int _maxLength;
    private readonly OtlpLimits _limits;

    /// <summary>By message: how many bytes its last length took, the best guess for the next.</summary>
    private readonly Span<byte> _lengthWidths;

    private Utf8JsonReader _json;
    private GrowingWire _wire;
    private OtlpJsonFault _fault;
    private int _faultOffset;
    private string? _expected;
    private OtlpJsonPath? _path;

    private OtlpJsonReader(ReadOnlySpan<byte> text, int maxLength, OtlpLimits limits, GrowingWire wire, Span<byte> lengthWidths)
    {
        // RFC 8259 lets a parser ignore the byte order mark that some senders put before their text.
        _start = text.StartsWith("\uFEFF"u8) ? 3 : 0;
        _text = text[_start..];
        _maxLength = maxLength;
        _limits = limits;
        _wire = wire;
        _lengthWidths = lengthWidths;
        _json = new Utf8JsonReader(
            _text,
            new JsonReaderOptions { CommentHandling = JsonCommentHandling.Disallow, MaxDepth = MaxJsonDepth(limits) });
    }

    /// <summary>Turns one body into wire form. The text stays the caller's.</summary>
    /// <param name="signal">The signal of the request.</param>
    /// <param name="text">The body, UTF-8.</param>
    /// <param name="pool">Where the wire form goes; its buffers are charged to the budget.</param>
    /// <param name="maxLength">
    /// The longest wire form to make, in bytes. It is usually a third of the text, but a list of short numbers can grow fourfold.
    /// </param>
    /// <param name="limits">Depth, and whether broken Unicode is refused; the rest is the validator's affair.</param>
    /// <param name="room">
    /// A buffer to begin with, of which this takes ownership: for who waited after <see cref="OtlpJsonFault.NoRoom"/>.
    /// </param>
    public static OtlpJsonReading Read(
        OtlpSignal signal, ReadOnlySpan<byte> text, BufferPool pool, int maxLength, OtlpLimits limits, PooledBuffer? room = null)
    {
        Span<byte> lengthWidths = stackalloc byte[OtlpJsonSchema.MessageCount];
        lengthWidths.Clear();
        var reader = new OtlpJsonReader(text, maxLength, limits, new GrowingWire(pool, maxLength, room), lengthWidths);
        var isRead = false;
        try
        {
            isRead = reader.Request(OtlpJsonSchema.Request(signal), text.Length);
        }
        finally
        {
            if (!isRead)
                reader._wire.Detach()?.Dispose();
        }

        return isRead ? reader.Result() : reader.Refusal();
    }

    private static int MaxJsonDepth(OtlpLimits limits) => (2 * limits.MaxDepth) + UnknownDepth;

    private OtlpJsonReading Result() => new() { Length = _wire.Length, Buffer = _wire.Detach() };

    private readonly OtlpJsonReading Refusal() => new()
    {
        // A text that ends where the reader is content is still no request.
        Fault = _fault == OtlpJsonFault.None ? OtlpJsonFault.Syntax : _fault,
        Offset = _faultOffset,
        Expected = _expected,
        Path = _path?.ToString() ?? "",
        RoomNeeded = _wire.RoomNeeded,
    };

    private bool Request(OtlpJsonMessage request, int textLength)
    {
        // Telemetry is two to three times as long in JSON; a guess that is too large is copied out later, one too small grows.
        if (!Reserve(Math.Min(textLength / 2, _maxLength) + GrowingWire.MaxScalarLength) || !Next())
            return false;
        if (_json.TokenType != JsonTokenType.StartObject)
            return Fail(OtlpJsonFault.WrongType, "an object that is an export request");

        // The read after the last token finds whatever follows it.
        if (!Message(request, depth: 0) || Next() || _fault != OtlpJsonFault.None)
            return false;
        return _wire.Length <= _maxLength || Fail(OtlpJsonFault.TooLarge);
    }

    /// <summary>Reads the fields of a message, whose brace was read, up to its closing brace.</summary>
    private bool Message(OtlpJsonMessage message, int depth)
    {
        var next = 0;
        while (Next())
        {
            if (_json.TokenType == JsonTokenType.EndObject)
                return true;

            var field = _json.ValueIsEscaped ? FindEscaped(message, ref next) : message.Find(_json.ValueSpan, ref next);
            if (!Next())
                return Trace(field);
            if (field is null)
            {
                if (!SkipValue())
                    return false;
            }
            else if (_json.TokenType != JsonTokenType.Null && !(field.IsRepeated ? List(field, depth) : Value(field, depth)))
            {
                return Trace(field);
            }
        }

        return false;
    }

    private readonly OtlpJsonField? FindEscaped(OtlpJsonMessage message, ref int next)
    {
        // The longest key has 22 characters, and an escaped one has six for each.
        Span<byte> key = stackalloc byte[256];
        var escaped = _json.ValueSpan;
        return escaped.Length > key.Length ? null : message.Find(key[..JsonText.Unescape(escaped, key)], ref next);
    }

    /// <summary>Writes a list: each element with its tag, or numbers packed behind one.</summary>
    private bool List(OtlpJsonField field, int depth)
    {
        if (_json.TokenType != JsonTokenType.StartArray)
            return Fail(OtlpJsonFault.WrongType, "a list");
        if (field.IsPacked)
            return PackedList(field);

        for (var index = 0; ; index++)
        {
            if (!Next())
                return Trace(index);
            if (_json.TokenType == JsonTokenType.EndArray)
                return true;
            if (!Value(field, depth))
                return Trace(index);
        }
    }

    private bool PackedList(OtlpJsonField field)
    {
        if (!Reserve(GrowingWire.MaxScalarLength))
            return false;
        _wire.WriteVarint(field.Tag);
        byte lengthWidth = 1;
        var start = _wire.Begin(lengthWidth);
        for (var index = 0; ; index++)
        {
            if (!Next())
                return Trace(index);
            if (_json.TokenType == JsonTokenType.EndArray)
                return _wire.TryEnd(start, ref lengthWidth) || FailRoom();
            if (!Reserve(GrowingWire.MaxScalarLength) || !Scalar(field))
                return Trace(index);
        }
    }

    /// <summary>Writes one value of a field with its tag.</summary>
    private bool Value(OtlpJsonField field, int depth)
    {
        if (!Reserve(GrowingWire.MaxScalarLength))
            return false;
        _wire.WriteVarint(field.Tag);
        return field.Kind switch
        {
            OtlpJsonKind.Message => Nested(field, depth),
            OtlpJsonKind.String => Text(),
            OtlpJsonKind.Id or OtlpJsonKind.Bytes => Bytes(field.Kind),
            _ => Scalar(field),
        };
    }

    private bool Nested(OtlpJsonField field, int depth)
    {
        if (_json.TokenType != JsonTokenType.StartObject)
            return Fail(OtlpJsonFault.WrongType, field.Key is "value" or "body" ? AnObjectOfAValue : "an object");
        if (depth >= _limits.MaxDepth)
            return Fail(OtlpJsonFault.TooDeep);

        var message = field.Message!;
        ref var lengthWidth = ref _lengthWidths[message.Index];
        if (lengthWidth == 0)
            lengthWidth = message.LengthWidth;

        // The guess may change while a message of the same kind is read inside this one.
        var width = lengthWidth;
        var start = _wire.Begin(width);
        if (!Message(message, depth + 1))
            return false;
        if (!_wire.TryEnd(start, ref width))
            return FailRoom();
        lengthWidth = width;
        return true;
    }

    /// <summary>Skips the value of an unknown key, of which the first token was read, whatever it is.</summary>
    private bool SkipValue()
    {
        if (_json.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray))
            return true;

        var depth = _json.CurrentDepth;
        while (Next())
        {
            if (_json.CurrentDepth == depth)
                return true;
        }

        return false;
    }

    /// <summary>Reads the next token; false at the end of the text and, with a fault, where it is no JSON.</summary>
    private bool Next()
    {
        try
        {
            return _json.Read();
        }
        catch (JsonException exception)
        {
            FailSyntax(exception);
            return false;
        }
    }

    private bool Reserve(int count) => _wire.TryReserve(count) || FailRoom();

    private bool FailRoom() => Fail(_wire.Fault);

    private void FailSyntax(JsonException exception)
    {
        // The reader counts in lines; its own position is that of the token before.
        var rest = _text;
        var offset = 0;
        for (var line = exception.LineNumber ?? 0; line > 0; line--)
        {
            var end = rest.IndexOf((byte)'\n') + 1;
            offset += end;
            rest = rest[end..];
        }

        offset = (int)Math.Min(offset + (exception.BytePositionInLine ?? 0), _text.Length);

        // What has just been opened does not count as depth yet.
        var depth = _json.CurrentDepth + (_json.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray ? 1 : 0);
        var isTooDeep = depth >= MaxJsonDepth(_limits)
            && offset < _text.Length
            && _text[offset] is (byte)'{' or (byte)'[';
        _fault = isTooDeep ? OtlpJsonFault.TooDeep : OtlpJsonFault.Syntax;
        _faultOffset = _start + offset;
    }

    /// <summary>Records a fault at the token that was read last; always false.</summary>
    private bool Fail(OtlpJsonFault fault, string? expected = null)
    {
        _fault = fault;
        _faultOffset = _start + (int)_json.TokenStartIndex;
        _expected = expected;
        return false;
    }

    /// <summary>Says in which field the fault is, from the inside out; always false.</summary>
    private bool Trace(OtlpJsonField? field)
    {
        if (field is not null)
            (_path ??= new OtlpJsonPath()).Prepend(field.Key);
        return false;
    }

    /// <summary>Says at which place of a list the fault is, before the list itself; always false.</summary>
    private bool Trace(int index)
    {
        (_path ??= new OtlpJsonPath()).Prepend(index);
        return false;
    }
}
