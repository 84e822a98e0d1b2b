using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Rotel.Otlp.Json;

namespace Rotel.Otlp;

/// <content>The JSON form, the body of failures that answer OTLP/JSON requests.</content>
internal readonly partial record struct RpcStatus
{
    /// <summary>Writes the JSON form that OTLP over HTTP answers to JSON requests.</summary>
    public void WriteJson(IBufferWriter<byte> destination)
    {
        using var json = new Utf8JsonWriter(destination);
        json.WriteStartObject();
        if (Code != 0)
            json.WriteNumber("code"u8, Code);
        if (!string.IsNullOrEmpty(Message))
            json.WriteString("message"u8, Message);
        if (RetryDelay is { } delay)
        {
            json.WriteStartArray("details"u8);
            json.WriteStartObject();
            json.WriteString("@type"u8, RetryInfoType);
            json.WriteString("retryDelay"u8, JsonDuration(delay));
            json.WriteEndObject();
            json.WriteEndArray();
        }

        json.WriteEndObject();
    }

    /// <summary>
    /// Reads the JSON form from a peer that may send anything: what could be read before the first fault is returned, and the message is
    /// cut to <see cref="BoundedText.MaxBytes"/>.
    /// </summary>
    public static RpcStatus ReadJson(ReadOnlySpan<byte> body)
    {
        var status = new RpcStatus(0, "");
        var json = JsonAnswer.Open(body);
        try
        {
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
                return status;
            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                if (json.ValueTextEquals("code"u8))
                    status = status with { Code = (int)Math.Clamp(JsonAnswer.ReadInteger(ref json), 0, int.MaxValue) };
                else if (json.ValueTextEquals("message"u8))
                    status = status with { Message = JsonAnswer.ReadText(ref json) };
                else if (json.ValueTextEquals("details"u8))
                    status = status with { RetryDelay = ReadDetails(ref json) ?? status.RetryDelay };
                else
                    json.Skip();
            }
        }
        catch (Exception exception) when (JsonAnswer.IsFault(exception))
        {
            // A broken status is still a failure the caller handles by its HTTP code.
        }

        return status;
    }

    /// <summary>The protobuf JSON form of a duration: seconds with 0, 3, 6 or 9 decimals, and an <c>s</c>.</summary>
    private static string JsonDuration(TimeSpan delay)
    {
        if (delay < TimeSpan.Zero)
            delay = TimeSpan.Zero;
        var text = new StringBuilder().Append(delay.Ticks / TimeSpan.TicksPerSecond);
        var nanos = delay.Ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick;
        if (nanos != 0)
        {
            var (unit, digits) = nanos % 1_000_000 == 0 ? (1_000_000, 3) : nanos % 1_000 == 0 ? (1_000, 6) : (1, 9);
            text.Append('.').Append((nanos / unit).ToString(CultureInfo.InvariantCulture).PadLeft(digits, '0'));
        }

        return text.Append('s').ToString();
    }

    private static TimeSpan? ReadDetails(ref Utf8JsonReader json)
    {
        json.Read();
        if (json.TokenType != JsonTokenType.StartArray)
        {
            json.Skip();
            return null;
        }

        TimeSpan? delay = null;
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            if (json.TokenType == JsonTokenType.StartObject)
                delay = ReadDetail(ref json) ?? delay;
            else
                json.Skip();
        }

        return delay;
    }

    /// <summary>The delay of one detail, or null when it is not a RetryInfo.</summary>
    private static TimeSpan? ReadDetail(ref Utf8JsonReader json)
    {
        var isRetryInfo = false;
        var delay = TimeSpan.Zero;
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("@type"u8))
                isRetryInfo = IsRetryInfo(Encoding.UTF8.GetBytes(JsonAnswer.ReadText(ref json)));
            else if (json.ValueTextEquals("retryDelay"u8))
                delay = ParseDuration(Encoding.UTF8.GetBytes(JsonAnswer.ReadText(ref json)));
            else
                json.Skip();
        }

        return isRetryInfo ? delay : null;
    }

    /// <summary>What is no duration, or negative, is no delay.</summary>
    private static TimeSpan ParseDuration(ReadOnlySpan<byte> text)
    {
        if (!Utf8Parser.TryParse(text, out decimal seconds, out var length) || !text[length..].SequenceEqual("s"u8))
            return TimeSpan.Zero;
        return TimeSpan.FromTicks((long)(Math.Clamp(seconds, 0, MaxDurationSeconds) * TimeSpan.TicksPerSecond));
    }
}
