namespace Rotel.Otlp.Json;

/// <summary>
/// Whole numbers as JSON and its senders write them: <c>5</c>, and <c>5.0</c> or <c>5e0</c>, which are the same number
/// (https://protobuf.dev/programming-guides/json/). Exact at any length.
/// </summary>
internal static class JsonInteger
{
    /// <summary>More digits than the largest 64-bit integer has.</summary>
    private const int MaxDigits = 20;

    /// <summary>Where an exponent is no longer followed: no text that fits into memory can make a number that we hold of it.</summary>
    private const long MaxExponent = 10_000_000_000;

    /// <summary>
    /// Reads a number as sign and magnitude: <see cref="OtlpJsonFault.BadNumber"/> for what is no number or not whole,
    /// <see cref="OtlpJsonFault.OutOfRange"/> for a magnitude of more than 64 bits.
    /// </summary>
    public static OtlpJsonFault TryParse(ReadOnlySpan<byte> text, out bool isNegative, out ulong magnitude)
    {
        isNegative = !text.IsEmpty && text[0] == '-';
        var digits = isNegative ? text[1..] : text;
        magnitude = 0;

        // Nineteen digits cannot overflow.
        if ((uint)(digits.Length - 1) < MaxDigits - 1)
        {
            ulong value = 0;
            foreach (var digit in digits)
            {
                var number = (uint)digit - '0';
                if (number > 9)
                    return ParseAnyForm(digits, out magnitude);
                value = (value * 10) + number;
            }

            magnitude = value;
            return OtlpJsonFault.None;
        }

        return ParseAnyForm(digits, out magnitude);
    }

    private static OtlpJsonFault ParseAnyForm(ReadOnlySpan<byte> text, out ulong magnitude)
    {
        magnitude = 0;
        var wholeDigits = CountDigits(text);
        var end = wholeDigits;
        var fractionDigits = 0;
        if (end < text.Length && text[end] == '.')
        {
            fractionDigits = CountDigits(text[(end + 1)..]);
            end += 1 + fractionDigits;
            if (fractionDigits == 0)
                return OtlpJsonFault.BadNumber;
        }

        if (wholeDigits == 0 || !TryReadExponent(text[end..], out var exponent))
            return OtlpJsonFault.BadNumber;

        // The number is its digits times ten to this power.
        var power = exponent - fractionDigits;
        var digits = text[..end];
        while (!digits.IsEmpty && digits[^1] is (byte)'0' or (byte)'.')
        {
            if (digits[^1] != '.')
                power++;
            digits = digits[..^1];
        }

        return Accumulate(digits, power, ref magnitude);
    }

    /// <param name="digits">Digits and at most one point, the last of them not zero.</param>
    /// <param name="power">The power of ten that they are multiplied by.</param>
    /// <param name="magnitude">The product; 0 before.</param>
    private static OtlpJsonFault Accumulate(ReadOnlySpan<byte> digits, long power, ref ulong magnitude)
    {
        if (digits.IsEmpty)
            return OtlpJsonFault.None;
        if (power < 0)
            return OtlpJsonFault.BadNumber;
        if (power > MaxDigits)
            return OtlpJsonFault.OutOfRange;

        foreach (var digit in digits)
        {
            if (digit != '.' && !TryAppend(ref magnitude, (uint)digit - '0'))
                return OtlpJsonFault.OutOfRange;
        }

        for (; power > 0; power--)
        {
            if (!TryAppend(ref magnitude, 0))
                return OtlpJsonFault.OutOfRange;
        }

        return OtlpJsonFault.None;
    }

    private static bool TryAppend(ref ulong magnitude, uint digit)
    {
        var high = Math.BigMul(magnitude, 10, out ulong low);
        magnitude = low + digit;
        return high == 0 && magnitude >= low;
    }

    private static bool TryReadExponent(ReadOnlySpan<byte> text, out long exponent)
    {
        exponent = 0;
        if (text.IsEmpty)
            return true;
        if (text[0] is not ((byte)'e' or (byte)'E'))
            return false;

        text = text[1..];
        var isNegative = !text.IsEmpty && text[0] == '-';
        if (isNegative || (!text.IsEmpty && text[0] == '+'))
            text = text[1..];
        if (text.IsEmpty || CountDigits(text) != text.Length)
            return false;
        foreach (var digit in text)
            exponent = Math.Min((exponent * 10) + (digit - '0'), MaxExponent);
        if (isNegative)
            exponent = -exponent;
        return true;
    }

    private static int CountDigits(ReadOnlySpan<byte> text)
    {
        var other = text.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        return other < 0 ? text.Length : other;
    }
}
