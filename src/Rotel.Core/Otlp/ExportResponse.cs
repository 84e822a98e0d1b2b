using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Rotel.Otlp.Fields;
using Rotel.Otlp.Json;
using Rotel.Otlp.Readers;
using Rotel.Otlp.Wire;

namespace Rotel.Otlp;

/// <summary>
/// An <c>ExportTraceServiceResponse</c>, <c>ExportMetricsServiceResponse</c> or <c>ExportLogsServiceResponse</c>: full or partial success
/// (https://opentelemetry.io/docs/specs/otlp/#partial-success). The default value is full success, whose protobuf form is no bytes at all.
/// </summary>
/// <param name="Rejected">How many spans, data points or log records were refused.</param>
/// <param name="Message">Why; without rejections it is a warning. Empty or null when there is nothing to say.</param>
internal readonly record struct ExportResponse(long Rejected, string Message)
{
    /// <summary>Whether anything was refused or said; a partial success of nothing means the same as none.</summary>
    public bool IsPartialSuccess => Rejected != 0 || !string.IsNullOrEmpty(Message);

    /// <summary>Writes the protobuf form, which is the same for every signal.</summary>
    public void Write(IBufferWriter<byte> destination)
    {
        if (!IsPartialSuccess)
            return;

        var messageLength = string.IsNullOrEmpty(Message) ? 0 : System.Text.Encoding.UTF8.GetByteCount(Message);
        var writer = new WireWriter(destination);
        writer.WriteMessageStart(
            CollectorFields.ExportResponse.PartialSuccess,
            (Rejected == 0 ? 0 : WireWriter.VarintFieldLength((ulong)Rejected))
                + (messageLength == 0 ? 0 : WireWriter.BytesFieldLength(messageLength)));
        if (Rejected != 0)
            writer.WriteVarint(CollectorFields.PartialSuccess.Rejected, (ulong)Rejected);
        if (messageLength != 0)
            writer.WriteString(CollectorFields.PartialSuccess.ErrorMessage, Message);
    }

    /// <summary>Writes the JSON form; full success is <c>{}</c>.</summary>
    public void WriteJson(OtlpSignal signal, IBufferWriter<byte> destination)
    {
        using var json = new Utf8JsonWriter(destination);
        json.WriteStartObject();
        if (IsPartialSuccess)
        {
            json.WriteStartObject("partialSuccess"u8);
            if (Rejected != 0)
            {
                json.WriteString(RejectedKey(signal), Rejected.ToString(CultureInfo.InvariantCulture));
            }

            if (!string.IsNullOrEmpty(Message))
                json.WriteString("errorMessage"u8, Message);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    /// <summary>
    /// Reads the protobuf form from a peer that may send anything. Bytes that are not such a message are no partial success: the answer's
    /// code already said that the request succeeded. The message is cut to <see cref="BoundedText.MaxBytes"/>.
    /// </summary>
    public static ExportResponse Read(ReadOnlySpan<byte> body)
    {
        try
        {
            var partial = default(SingularMessage);
            var reader = new WireReader(body);
            while (true)
            {
                var start = reader.Position;
                if (!reader.TryReadTag(out uint tag))
                    break;
                if (tag == WireFormat.Tag(CollectorFields.ExportResponse.PartialSuccess, WireType.LengthDelimited))
                    partial.Add(start, reader.ReadBytes());
                else
                    reader.Skip(tag);
            }

            return ReadPartialSuccess(partial.Merge(body, CollectorFields.ExportResponse.PartialSuccess));
        }
        catch (WireFormatException)
        {
            return new ExportResponse(0, "");
        }
    }

    /// <summary>
    /// Reads the JSON form from a peer that may send anything; what is not such a text is no partial success, as with <see cref="Read"/>.
    /// </summary>
    public static ExportResponse ReadJson(OtlpSignal signal, ReadOnlySpan<byte> body)
    {
        var response = new ExportResponse(0, "");
        var json = JsonAnswer.Open(body);
        try
        {
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
                return response;
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                var isPartialSuccess = json.ValueTextEquals("partialSuccess"u8);
                json.Read();
                if (isPartialSuccess && json.TokenType == JsonTokenType.StartObject)
                    response = ReadPartialSuccess(signal, ref json);
                else
                    json.Skip();
            }

            json.Read();
            return response;
        }
        catch (Exception exception) when (JsonAnswer.IsFault(exception))
        {
            return new ExportResponse(0, "");
        }
    }

    private static ReadOnlySpan<byte> RejectedKey(OtlpSignal signal) => signal switch
    {
        OtlpSignal.Traces => "rejectedSpans"u8,
        OtlpSignal.Metrics => "rejectedDataPoints"u8,
        OtlpSignal.Logs => "rejectedLogRecords"u8,
        _ => "rejectedProfiles"u8,
    };

    private static ExportResponse ReadPartialSuccess(OtlpSignal signal, ref Utf8JsonReader json)
    {
        long rejected = 0;
        var message = "";
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals(RejectedKey(signal)))
                rejected = JsonAnswer.ReadInteger(ref json);
            else if (json.ValueTextEquals("errorMessage"u8))
                message = JsonAnswer.ReadText(ref json);
            else
                json.Skip();
        }

        return new ExportResponse(Math.Max(0, rejected), message);
    }

    private static ExportResponse ReadPartialSuccess(ReadOnlySpan<byte> partial)
    {
        long rejected = 0;
        var message = default(ReadOnlySpan<byte>);
        var reader = new WireReader(partial);
        while (reader.TryReadTag(out uint tag))
        {
            switch (tag)
            {
                case (CollectorFields.PartialSuccess.Rejected << 3) | WireTag.Varint:
                    rejected = (long)reader.ReadVarint();
                    break;
                case (CollectorFields.PartialSuccess.ErrorMessage << 3) | WireTag.Len:
                    message = reader.ReadBytes();
                    break;
                default:
                    reader.Skip(tag);
                    break;
            }
        }

        // A negative count says nothing; the caller adds it to counters that only grow.
        return new ExportResponse(Math.Max(0, rejected), BoundedText.Decode(message));
    }
}
