using Rotel.Memory;
using Rotel.Otlp.Readers;
using Rotel.Otlp.Text;

namespace Rotel.Exporters.Datadog.Metrics;

/// <summary>
/// Attributes as tags <c>key:value</c>, otherwise as they are: the intake normalises them. A value that is empty is <c>n/a</c>, for a tag
/// must not end with a colon, as in Datadog's translator
/// (https://github.com/DataDog/datadog-agent/tree/main/pkg/opentelemetry-mapping-go/otlp/metrics/internal/utils).
/// </summary>
internal static class PointTags
{
    /// <summary>The intake forgets the rest (https://docs.datadoghq.com/getting_started/tagging/#define-tags).</summary>
    private const int MaxCharacters = 200;

    /// <summary>Writes a tag for each attribute but a few.</summary>
    /// <param name="attributes">Of a point or a scope.</param>
    /// <param name="except">Keys that are left out.</param>
    /// <param name="record">At its end the fields are written.</param>
    /// <param name="field">The number of tags there.</param>
    /// <param name="text">For values that are no strings; emptied.</param>
    public static void Write(
        WireList<KeyValueReader> attributes, ReadOnlySpan<byte[]> except, PooledBytes record, int field, PooledBytes text)
    {
        foreach (var attribute in attributes)
        {
            if (!except.IsEmpty && IsOneOf(attribute.Key, except))
                continue;

            var value = attribute.Value;
            if (value.Kind == AnyValueKind.String)
            {
                Write(record, field, attribute.Key, value.Bytes);
                continue;
            }

            text.Clear();
            AttributeText.Write(value, text);
            Write(record, field, attribute.Key, text.Span);
        }
    }

    public static void Write(PooledBytes record, int field, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty)
            value = "n/a"u8;
        if (key.Length + 1 + value.Length > MaxCharacters)
        {
            key = Cut(key, MaxCharacters - 2, out var left);
            value = Cut(value, left + 1, out _);
        }

        ProtoFields.WriteLengthStart(record, field, key.Length + 1 + value.Length);
        record.Write(key);
        record.WriteByte((byte)':');
        record.Write(value);
    }

    private static bool IsOneOf(ReadOnlySpan<byte> key, ReadOnlySpan<byte[]> keys)
    {
        foreach (var known in keys)
        {
            if (key.SequenceEqual(known))
                return true;
        }

        return false;
    }

    /// <summary>The first so many characters, and how many were not needed.</summary>
    private static ReadOnlySpan<byte> Cut(ReadOnlySpan<byte> utf8, int characters, out int left)
    {
        left = characters;
        for (var at = 0; at < utf8.Length; at++)
        {
            // Bytes that continue a character are not counted.
            if ((utf8[at] & 0xC0) != 0x80 && left-- == 0)
            {
                left = 0;
                return utf8[..at];
            }
        }

        return utf8;
    }
}
