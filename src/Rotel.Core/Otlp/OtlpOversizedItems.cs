using System.Buffers;
using Rotel.Otlp.Wire;

namespace Rotel.Otlp;

/// <summary>
/// Rewrites a body without the spans, metrics or log records over <see cref="OtlpLimits.MaxItemBytes"/>. A ScopeX or ResourceX that loses
/// its last child by it goes too; every other byte stays, unknown fields included, but for the lengths around what was left out.
/// </summary>
internal static class OtlpOversizedItems
{
    private const int ItemLevel = 3;
    private const int LeftOut = -1;

    /// <summary>
    /// Writes what is left of a body that <see cref="OtlpValidator"/> accepted. A rare path: it allocates in proportion to the number of
    /// envelopes that change.
    /// </summary>
    public static void LeaveOut(ReadOnlySpan<byte> body, int maxItemBytes, IBufferWriter<byte> output)
    {
        var changes = new List<Change>();
        Measure(body, level: 0, offset: 0, maxItemBytes, changes);
        if (changes.Count == 0)
        {
            output.Write(body);
            return;
        }

        var next = 1;
        Write(body, level: 0, offset: 0, maxItemBytes, changes, ref next, output);
    }

    /// <summary>
    /// Returns the length an envelope is left with, <see cref="LeftOut"/> when it lost its last child, and leaves in
    /// <paramref name="changes"/>, parents first, the envelopes whose bytes change.
    /// </summary>
    private static int Measure(ReadOnlySpan<byte> envelope, int level, int offset, int maxItemBytes, List<Change> changes)
    {
        var mine = changes.Count;
        changes.Add(default);
        var length = envelope.Length;
        var children = 0;
        var hasChanged = false;
        var start = 0;
        var reader = new WireReader(envelope);
        while (reader.TryReadTag(out var field, out var type))
        {
            if (!OtlpEnvelope.IsChild(level, field, type))
            {
                reader.Skip(field, type);
                start = reader.Position;
                continue;
            }

            var lengthStart = reader.Position;
            var child = reader.ReadBytes();
            var before = child.Length;
            var after = level + 1 == ItemLevel
                ? before > maxItemBytes ? LeftOut : before
                : Measure(child, level + 1, offset + reader.Position - before, maxItemBytes, changes);
            if (after == LeftOut)
                length -= reader.Position - start;
            else
                children++;
            if (after >= 0 && after != before)
                length += WireFormat.VarintLength((uint)after) + after - (reader.Position - lengthStart);
            hasChanged |= after != before;
            start = reader.Position;
        }

        // An unchanged envelope has no changed one inside, so its own entry is the last.
        if (!hasChanged)
        {
            changes.RemoveAt(mine);
            return length;
        }

        if (children == 0 && level > 0)
        {
            changes.RemoveRange(mine, changes.Count - mine);
            length = LeftOut;
            changes.Add(default);
        }

        changes[mine] = new Change(offset, length);
        return length;
    }

    private static void Write(
        ReadOnlySpan<byte> envelope,
        int level,
        int offset,
        int maxItemBytes,
        List<Change> changes,
        ref int next,
        IBufferWriter<byte> output)
    {
        var copied = 0;
        var start = 0;
        var reader = new WireReader(envelope);
        while (reader.TryReadTag(out var field, out var type))
        {
            if (!OtlpEnvelope.IsChild(level, field, type))
            {
                reader.Skip(field, type);
                start = reader.Position;
                continue;
            }

            var lengthStart = reader.Position;
            var child = reader.ReadBytes();
            var childOffset = offset + reader.Position - child.Length;
            if (level + 1 == ItemLevel)
            {
                if (child.Length > maxItemBytes)
                {
                    output.Write(envelope[copied..start]);
                    copied = reader.Position;
                }
            }
            else if (next < changes.Count && changes[next].Offset == childOffset)
            {
                var newLength = changes[next++].NewLength;
                output.Write(envelope[copied..(newLength == LeftOut ? start : lengthStart)]);
                if (newLength != LeftOut)
                {
                    output.Advance(WireFormat.WriteVarint(output.GetSpan(WireFormat.MaxVarintLength), (uint)newLength));
                    Write(child, level + 1, childOffset, maxItemBytes, changes, ref next, output);
                }

                copied = reader.Position;
            }

            start = reader.Position;
        }

        output.Write(envelope[copied..]);
    }

    /// <summary>An envelope that changes: where its bytes begin in the body, and how long they become, or that it goes.</summary>
    private readonly record struct Change(int Offset, int NewLength);
}
