using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using Rotel.Memory;
using Rotel.Otlp;
using Rotel.Otlp.Json;
using Rotel.Pipelines;

namespace Rotel.DeadLetters;

/// <summary>Turns the body of a line back into a payload to send. Its buffers are overdraft: who reads bounds what is on its way.</summary>
internal static class DeadLetterPayload
{
    /// <param name="line">What <paramref name="text"/> says.</param>
    /// <param name="text">The line, as it was read.</param>
    /// <param name="pool">For the payload, which is the caller's.</param>
    /// <param name="payload">Null where the line cannot be sent.</param>
    /// <param name="problem">Why, for people.</param>
    public static bool TryRead(
        DeadLetterLine line,
        ReadOnlySpan<byte> text,
        BufferPool pool,
        [NotNullWhen(true)] out OtlpPayload? payload,
        [NotNullWhen(false)] out string? problem)
    {
        (payload, problem) = (null, null);
        if (line.Headers.Where(header => header.Value is null).Select(header => header.Key).FirstOrDefault() is { } secret)
        {
            problem = $"the value of its header '{secret}' was not kept, for it may be a credential; write it into the line";
            return false;
        }

        var buffer = line.IsProtobuf
            ? Decode(text[line.Body], pool, out var length)
            : Read(line.Signal, text[line.Body], pool, out length, out problem);
        if (buffer is null)
        {
            problem ??= "its protobuf is not base64";
            return false;
        }

        // What Rotel wrote as base64 may be odd throughout; it goes out as it was.
        var limits = line.IsProtobuf ? OtlpLimits.InProcess : OtlpLimits.Untrusted with { RejectsInvalidUtf8 = true };
        var validation = OtlpValidator.Validate(line.Signal, buffer.Span[..length], limits);
        if (!validation.IsValid || validation.ItemCount == 0)
        {
            buffer.Dispose();
            problem = validation.IsValid ? $"it has no {line.Signal.ItemNoun()}" : validation.Describe();
            return false;
        }

        problem = null;
        payload = new OtlpPayload(line.Signal, buffer, length, validation.ItemCount)
        {
            IsCanonical = validation.IsCanonical,
            IsValidated = limits.ChecksContents,
            TravelsAlone = validation.HasUnknownTopLevelField || !line.Signal.IsMergeable(),
            Metadata = line.Headers.Count == 0 ? null
                : new RequestMetadata(line.Headers.Select(header => KeyValuePair.Create(header.Key, header.Value!))),
        };
        return true;
    }

    private static PooledBuffer? Decode(ReadOnlySpan<byte> base64, BufferPool pool, out int length)
    {
        var buffer = pool.RentOverdraft(base64.Length);
        if (Base64.DecodeFromUtf8(base64, buffer.Span, out _, out length) == OperationStatus.Done)
            return buffer;
        buffer.Dispose();
        return null;
    }

    private static PooledBuffer? Read(OtlpSignal signal, ReadOnlySpan<byte> json, BufferPool pool, out int length, out string? problem)
    {
        var room = json.Length + GrowingWire.MaxScalarLength;
        OtlpJsonReading reading;
        do
        {
            reading = OtlpJsonReader.Read(signal, json, pool, Array.MaxLength, OtlpLimits.Untrusted, pool.RentOverdraft(room));
            room = reading.RoomNeeded;
        }
        while (reading.Fault == OtlpJsonFault.NoRoom);
        length = reading.Length;
        problem = reading.IsRead ? null : reading.Describe();
        return reading.Buffer;
    }
}
