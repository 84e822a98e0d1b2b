using System.Buffers;
using System.Text;
using System.Text.Unicode;
using Rotel.Otlp.Wire;

namespace Rotel.Otlp;

/// <summary>
/// Rewrites a body whose strings are not all UTF-8: each ill-formed part becomes U+FFFD as <see cref="Encoding.UTF8"/> would decode it, the
/// lengths around it are corrected, and every other byte stays. Strict backends refuse a whole batch for one such string.
/// </summary>
internal static class OtlpUtf8Repair
{
    private const int ReplacementLength = 3;

    /// <summary>
    /// Writes the repaired form of a body that <see cref="OtlpValidator"/> accepted with <see cref="OtlpLimits.ChecksContents"/>, and returns
    /// how many strings were repaired. A rare path: it allocates in proportion to the number of messages that change.
    /// </summary>
    public static int Repair(OtlpSignal signal, ReadOnlySpan<byte> body, IBufferWriter<byte> output)
    {
        var changes = new List<Change>();
        var repaired = 0;
        Measure(OtlpSchema.Request(signal), body, 0, changes, ref repaired);
        if (changes.Count == 0)
        {
            output.Write(body);
            return 0;
        }

        var next = 1;
        Write(OtlpSchema.Request(signal), body, 0, changes, ref next, output);
        return repaired;
    }

    /// <summary>
    /// Returns the length of the repaired message, and leaves in <paramref name="changes"/>, parents first, the messages whose bytes change.
    /// </summary>
    private static int Measure(OtlpContent kind, ReadOnlySpan<byte> message, int offset, List<Change> changes, ref int repaired)
    {
        var mine = changes.Count;
        changes.Add(default);
        var length = message.Length;
        var repairedBefore = repaired;
        var reader = new WireReader(message);
        while (reader.TryReadTag(out var field, out var type))
        {
            var content = OtlpSchema.ContentOf(kind, field, type);
            if (content < OtlpContent.KeyValue && content != OtlpContent.String)
            {
                reader.Skip(field, type);
                continue;
            }

            var lengthStart = reader.Position;
            var value = reader.ReadBytes();
            var newLength = value.Length;
            var repairedAround = repaired;
            if (content == OtlpContent.String)
            {
                if (!Utf8.IsValid(value))
                {
                    repaired++;
                    newLength = RepairedLength(value);
                }
            }
            else
            {
                newLength = Measure(content, value, offset + reader.Position - value.Length, changes, ref repaired);
            }

            // The old length may have been written in more bytes than it needs.
            if (repaired != repairedAround)
                length += WireFormat.VarintLength((uint)newLength) + newLength - (reader.Position - lengthStart);
        }

        // An unchanged message has no changed message inside, so its own entry is the last one.
        if (repaired == repairedBefore)
            changes.RemoveAt(mine);
        else
            changes[mine] = new Change(offset, length);
        return length;
    }

    private static void Write(
        OtlpContent kind, ReadOnlySpan<byte> message, int offset, List<Change> changes, ref int next, IBufferWriter<byte> output)
    {
        var copied = 0;
        var reader = new WireReader(message);
        while (reader.TryReadTag(out var field, out var type))
        {
            var content = OtlpSchema.ContentOf(kind, field, type);
            if (content < OtlpContent.KeyValue && content != OtlpContent.String)
            {
                reader.Skip(field, type);
                continue;
            }

            var lengthStart = reader.Position;
            var value = reader.ReadBytes();
            var valueOffset = offset + reader.Position - value.Length;
            if (content == OtlpContent.String)
            {
                if (Utf8.IsValid(value))
                    continue;
                output.Write(message[copied..lengthStart]);
                WriteLength(RepairedLength(value), output);
                WriteRepaired(value, output);
                copied = reader.Position;
            }
            else if (next < changes.Count && changes[next].Offset == valueOffset)
            {
                output.Write(message[copied..lengthStart]);
                WriteLength(changes[next++].NewLength, output);
                Write(content, value, valueOffset, changes, ref next, output);
                copied = reader.Position;
            }
        }

        output.Write(message[copied..]);
    }

    private static int RepairedLength(ReadOnlySpan<byte> text)
    {
        var length = 0;
        while (!text.IsEmpty)
        {
            var isValid = Rune.DecodeFromUtf8(text, out _, out var consumed) == OperationStatus.Done;
            length += isValid ? consumed : ReplacementLength;
            text = text[consumed..];
        }

        return length;
    }

    private static void WriteRepaired(ReadOnlySpan<byte> text, IBufferWriter<byte> output)
    {
        while (!text.IsEmpty)
        {
            // Copy up to the next ill-formed part in one go.
            var valid = 0;
            var consumed = 0;
            while (valid < text.Length && Rune.DecodeFromUtf8(text[valid..], out _, out consumed) == OperationStatus.Done)
                valid += consumed;
            output.Write(text[..valid]);
            if (valid == text.Length)
                return;
            output.Write("\uFFFD"u8);
            text = text[(valid + consumed)..];
        }
    }

    private static void WriteLength(int length, IBufferWriter<byte> output)
        => output.Advance(WireFormat.WriteVarint(output.GetSpan(WireFormat.MaxVarintLength), (uint)length));

    /// <summary>A message that changes: where its bytes begin in the body, and how long they become.</summary>
    private readonly record struct Change(int Offset, int NewLength);
}
