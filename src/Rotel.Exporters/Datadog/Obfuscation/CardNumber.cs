using System.Buffers.Text;

namespace Rotel.Exporters.Datadog.Obfuscation;

/// <summary>
/// Whether a text is the number of a payment card: 12 to 16 digits with spaces and dashes anywhere, beginning as an issuer's numbers do.
/// The check digit does not count, as by the agent's default: a mistyped number is a secret too.
/// </summary>
internal static class CardNumber
{
    private const int MinDigits = 12;
    private const int MaxDigits = 16;

    /// <summary>Of <see cref="long.MaxValue"/>.</summary>
    private const int MaxNumberLength = 19;

    /// <summary>Issuers' numbers are told apart by no more than so many digits.</summary>
    private const int PrefixDigits = 6;

    public static bool Is(ReadOnlySpan<byte> text)
    {
        if (text.Length < MinDigits || text[0] is not ((>= (byte)'0' and <= (byte)'9') or (byte)' ' or (byte)'-'))
            return false;

        var digits = 0;
        var prefix = 0;
        foreach (var value in text)
        {
            if (value is (byte)' ' or (byte)'-')
                continue;
            if (value is < (byte)'0' or > (byte)'9' || ++digits > MaxDigits)
                return false;
            if (digits <= PrefixDigits)
                prefix = (prefix * 10) + value - '0';
        }

        return digits >= MinDigits && IsIssuer(prefix);
    }

    /// <inheritdoc cref="Is(ReadOnlySpan{byte})"/>
    public static bool Is(long number)
    {
        Span<byte> digits = stackalloc byte[MaxNumberLength];
        return number > 0 && Utf8Formatter.TryFormat(number, digits, out var length) && Is(digits[..length]);
    }

    /// <param name="prefix">The first six digits.</param>
    private static bool IsIssuer(int prefix) => prefix switch
    {
        >= 100_000 and < 200_000 => true,
        >= 222_100 and < 272_100 => true,
        >= 300_000 and < 306_000 => true,
        >= 309_000 and < 310_000 => true,
        >= 340_000 and < 400_000 => true,
        >= 400_000 and < 500_000 => true,
        >= 500_000 and < 510_000 => true,
        >= 510_000 and < 560_000 => true,
        >= 560_000 and < 590_000 => true,
        >= 600_000 and < 700_000 => true,
        _ => false,
    };
}
