using System.Runtime.CompilerServices;
using static Rotel.Otlp.Wire.WireTag;
using F = Rotel.Otlp.Fields.CommonFields;

namespace Rotel.Exporters.ClickHouse.Values;

/// <summary>
/// Attributes in the one form that encoders write them in, read without a scan: a key shorter than 128 bytes, then the value, which ends
/// the pair. Any other legal form is for the readers.
/// </summary>
internal static class PlainPair
{
    private const byte KeyTag = (F.KeyValue.Key << 3) | Len;
    private const byte ValueTag = (F.KeyValue.Value << 3) | Len;
    private const byte StringTag = (F.AnyValue.StringValue << 3) | Len;

    /// <summary>Reads a pair; its value is the last <paramref name="valueLength"/> bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryRead(ReadOnlySpan<byte> pair, out ReadOnlySpan<byte> key, out int valueLength)
    {
        if (pair.Length >= 4 && pair[0] == KeyTag && pair[1] < 0x80)
        {
            var valueAt = 2 + pair[1];
            if (valueAt + 1 < pair.Length && pair[valueAt] == ValueTag)
            {
                int length = pair[valueAt + 1];
                var contentAt = valueAt + 2;
                if (length >= 0x80)
                {
                    // A length in three bytes or more, which may be a short one that is padded, is for the readers.
                    length = contentAt < pair.Length && pair[contentAt] < 0x80 ? (length & 0x7F) | (pair[contentAt] << 7) : pair.Length;
                    contentAt++;
                }

                if (contentAt + length == pair.Length)
                {
                    key = pair.Slice(2, pair[1]);
                    valueLength = length;
                    return true;
                }
            }
        }

        key = default;
        valueLength = 0;
        return false;
    }

    /// <summary>
    /// Whether a value is a string shorter than 128 bytes. Without its tag, it is encoded as ClickHouse encodes strings: its length as
    /// varint, its bytes.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsString(ReadOnlySpan<byte> value) =>
        value.Length >= 2 && value[0] == StringTag && value[1] == value.Length - 2 && value[1] < 0x80;
}
