using System.Buffers.Text;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Rotel.Memory;
using Rotel.Otlp;
using Rotel.Otlp.Json;
using Rotel.Otlp.Wire;
using Rotel.Pipelines;
using Names = Rotel.DeadLetters.DeadLetterNames;

namespace Rotel.DeadLetters;

/// <summary>
/// Writes a dead letter as a line: one JSON object with the request as OTLP/JSON in it where that says all that the body says, which is
/// found out by reading it back, and as the body in base64 elsewhere. Not safe for concurrent use. All it needs is overdraft.
/// </summary>
internal sealed class DeadLetterWriter(BufferPool pool) : IDisposable
{
    /// <summary>What a destination says is cut at so many characters.</summary>
    public const int MaxMessageLength = 1024;

    /// <summary>A multiple of three, so that pieces of base64 follow each other without padding.</summary>
    private const int Base64Piece = 48 * 1024;

    private readonly OtlpJsonWriter _otlp = new();

    /// <summary>The line with its end, the caller's; null where the body cannot be had any more. The letter stays the caller's.</summary>
    public PooledSegments? TryWrite(DeadLetter letter)
    {
        var batch = letter.Batch;
        if (batch.Payloads.Count == 1)
            return Write(letter, batch.Payloads[0].Body.Span);
        if (batch.Payloads.Count == 0 && batch.Encoded is not { CanRestore: true })
            return null;

        var length = checked((int)batch.WireLength);
        using var joined = pool.RentOverdraft(length);
        var rest = joined.Span[..length];
        if (batch.Payloads.Count == 0)
            batch.Encoded!.Restore(rest);
        foreach (var payload in batch.Payloads)
        {
            payload.Body.Span.CopyTo(rest);
            rest = rest[payload.Length..];
        }

        return Write(letter, joined.Span[..length]);
    }

    public void Dispose() => _otlp.Dispose();

    private PooledSegments Write(DeadLetter letter, ReadOnlySpan<byte> body)
    {
        var line = new PooledSegments(pool);
        try
        {
            WriteHead(letter, line);
            using var request = TryWriteRequest(letter.Batch.Signal, body);
            if (request is null)
            {
                WriteBase64(body, line);
            }
            else
            {
                WriteKey(Names.Request, line);
                for (var i = 0; i < request.SegmentCount; i++)
                    line.Write(request[i].Span);
            }

            line.Write("}\n"u8);
            return line;
        }
        catch
        {
            line.Dispose();
            throw;
        }
    }

    /// <summary>Writes all but the body, and leaves the object open.</summary>
    private static void WriteHead(DeadLetter letter, PooledSegments line)
    {
        using var json = new Utf8JsonWriter(
            line, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true });
        json.WriteStartObject();
        json.WriteString(Names.Time, letter.At.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
        json.WriteString(Names.Signal, letter.Batch.Signal.Name());
        json.WriteString(Names.Exporter, letter.Exporter);
        json.WriteNumber(Names.Items, letter.Batch.ItemCount);
        if (letter.Delivered > 0)
            json.WriteNumber(Names.Delivered, letter.Delivered);
        json.WriteString(Names.Reason, letter.Reason.Name());
        if (letter.Message is { } message)
            json.WriteString(Names.Message, BoundedText.OneLine(message, MaxMessageLength));
        if (letter.Batch.Metadata is { } metadata)
        {
            json.WriteStartObject(Names.Headers);
            foreach (var (name, value) in metadata.Headers)
                json.WriteString(name, Names.IsCredential(name) ? null : value);
            json.WriteEndObject();
        }
    }

    private static void WriteKey(JsonEncodedText key, PooledSegments line)
    {
        line.Write(",\""u8);
        line.Write(key.EncodedUtf8Bytes);
        line.Write("\":"u8);
    }

    private static void WriteBase64(ReadOnlySpan<byte> body, PooledSegments line)
    {
        WriteKey(Names.Protobuf, line);
        line.Write("\""u8);
        while (!body.IsEmpty)
        {
            var piece = body[..Math.Min(body.Length, Base64Piece)];
            Base64.EncodeToUtf8(piece, line.GetSpan(Base64.GetMaxEncodedToUtf8Length(piece.Length)), out _, out var written);
            line.Advance(written);
            body = body[piece.Length..];
        }

        line.Write("\""u8);
    }

    /// <summary>The body as OTLP/JSON; null where that would not give the same telemetry back.</summary>
    private PooledSegments? TryWriteRequest(OtlpSignal signal, ReadOnlySpan<byte> body)
    {
        if (!signal.IsMergeable() || !WireDigest.TryCompute(signal, body, out var digest))
            return null;

        var text = new PooledSegments(pool);
        var isSame = false;
        try
        {
            _otlp.Write(signal, body, text);
            return (isSame = ReadsAs(signal, text, digest)) ? text : null;
        }
        catch (WireFormatException)
        {
            return null;
        }
        finally
        {
            if (!isSame)
                text.Dispose();
        }
    }

    private bool ReadsAs(OtlpSignal signal, PooledSegments text, ulong digest)
    {
        if (text.Length > Array.MaxLength)
            return false;
        using var joined = pool.RentOverdraft((int)text.Length);
        text.CopyTo(joined.Span);

        // With a buffer to begin with, it asks the budget for nothing unless the text is odd.
        var reading = OtlpJsonReader.Read(
            signal,
            joined.Span[..(int)text.Length],
            pool,
            Array.MaxLength,
            OtlpLimits.Untrusted,
            pool.RentOverdraft((int)text.Length + GrowingWire.MaxScalarLength));
        using var wire = reading.Buffer;
        return reading.IsRead && WireDigest.TryCompute(signal, wire!.Span[..reading.Length], out var read) && read == digest;
    }
}
