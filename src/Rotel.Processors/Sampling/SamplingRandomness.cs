using System.Buffers.Binary;
using System.Buffers.Text;

namespace Rotel.Processors.Sampling;

/// <summary>
/// The 56 bits by which an item is kept or not: those its trace carries, else the last ones of its trace id.
/// https://opentelemetry.io/docs/specs/otel/trace/tracestate-probability-sampling/#randomness-value-rv
/// </summary>
internal static class SamplingRandomness
{
    /// <summary>How it is written: always whole.</summary>
    public const int Digits = SamplingThreshold.MaxDigits;

    public const ulong Mask = SamplingThreshold.Limit - 1;

    private const int TraceIdLength = 16;

    /// <summary>The randomness in a trace id; false when that is not a valid one: not 16 bytes, or all zero.</summary>
    public static bool TryRead(ReadOnlySpan<byte> traceId, out ulong randomness)
    {
        randomness = 0;
        if (traceId.Length != TraceIdLength || BinaryPrimitives.ReadUInt128BigEndian(traceId) == UInt128.Zero)
            return false;
        randomness = BinaryPrimitives.ReadUInt64BigEndian(traceId[8..]) & Mask;
        return true;
    }

    /// <summary>Reads exactly 14 digits of either case.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out ulong randomness)
    {
        randomness = 0;
        return text.Length == Digits && TryParseHex(text, out randomness);
    }

    public static bool TryParseHex(ReadOnlySpan<byte> text, out ulong value) =>
        Utf8Parser.TryParse(text, out value, out var read, 'x') && read == text.Length;

    /// <summary>Writes 56 bits in 14 lower-case digits and returns that.</summary>
    public static int Write(ulong value, Span<byte> digits)
    {
        for (var i = Digits - 1; i >= 0; i--)
        {
            digits[i] = "0123456789abcdef"u8[(int)(value & 15)];
            value >>= 4;
        }

        return Digits;
    }
}
