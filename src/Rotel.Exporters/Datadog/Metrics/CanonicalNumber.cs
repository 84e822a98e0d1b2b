using System.Globalization;

namespace Rotel.Exporters.Datadog.Metrics;

/// <summary>
/// Bounds and quantiles as texts of tags, to the letter as Datadog's translator writes them (<c>formatFloat</c> in
/// https://github.com/DataDog/datadog-agent/blob/main/pkg/opentelemetry-mapping-go/otlp/metrics/metrics_translator.go), for series are
/// found by them: the fewest digits that read back the same, an exponent below 10⁻⁴ and from 10⁶ on, <c>.0</c> after whole numbers.
/// </summary>
internal static class CanonicalNumber
{
    /// <summary>Bytes that a text may take.</summary>
    public const int MaxLength = 32;

    public static int Write(double value, Span<byte> text)
    {
        if (!double.IsFinite(value) || value == 0)
            return Put(value == 0 ? "0"u8 : double.IsNaN(value) ? "nan"u8 : value > 0 ? "inf"u8 : "-inf"u8, text);

        // Digits and exponent as d.dddE+xxx, of the fewest digits there are.
        Span<byte> shortest = stackalloc byte[MaxLength];
        value.TryFormat(shortest, out var length, default, CultureInfo.InvariantCulture);
        Span<byte> digits = stackalloc byte[MaxLength];
        var count = Digits(shortest[..length], digits, out var exponent);

        var written = 0;
        if (value < 0)
            text[written++] = (byte)'-';
        written += exponent is < -4 or >= 6
            ? PutExponential(digits[..count], exponent, text[written..])
            : PutPlain(digits[..count], exponent, text[written..]);
        if (value == Math.Floor(value))
            written += Put(".0"u8, text[written..]);
        return written;
    }

    /// <summary>The significant digits of a number, and the power of ten of the first.</summary>
    private static int Digits(ReadOnlySpan<byte> number, Span<byte> digits, out int exponent)
    {
        var mantissa = number.TrimStart((byte)'-');
        exponent = 0;
        var e = mantissa.IndexOf((byte)'E');
        if (e >= 0)
        {
            exponent = int.Parse(mantissa[(e + 1)..], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
            mantissa = mantissa[..e];
        }

        var point = mantissa.IndexOf((byte)'.');
        exponent += (point < 0 ? mantissa.Length : point) - 1;
        var count = 0;
        foreach (var character in mantissa)
        {
            if (character == '.')
                continue;
            if (count == 0 && character == '0')
                exponent--;
            else
                digits[count++] = character;
        }

        while (count > 1 && digits[count - 1] == '0')
            count--;
        return count;
    }

    private static int PutExponential(ReadOnlySpan<byte> digits, int exponent, Span<byte> text)
    {
        var written = 0;
        text[written++] = digits[0];
        if (digits.Length > 1)
        {
            text[written++] = (byte)'.';
            written += Put(digits[1..], text[written..]);
        }

        text[written++] = (byte)'e';
        text[written++] = (byte)(exponent < 0 ? '-' : '+');
        Math.Abs(exponent).TryFormat(text[written..], out var length, "00", CultureInfo.InvariantCulture);
        return written + length;
    }

    private static int PutPlain(ReadOnlySpan<byte> digits, int exponent, Span<byte> text)
    {
        var written = 0;
        if (exponent < 0)
        {
            written += Put("0."u8, text);
            for (var zeros = exponent; zeros < -1; zeros++)
                text[written++] = (byte)'0';
            return written + Put(digits, text[written..]);
        }

        for (var i = 0; i < Math.Max(digits.Length, exponent + 1); i++)
        {
            if (i == exponent + 1)
                text[written++] = (byte)'.';
            text[written++] = i < digits.Length ? digits[i] : (byte)'0';
        }

        return written;
    }

    private static int Put(ReadOnlySpan<byte> bytes, Span<byte> text)
    {
        bytes.CopyTo(text);
        return bytes.Length;
    }
}
