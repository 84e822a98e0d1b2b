namespace Rotel.Processors.Sampling;

/// <summary>
/// How many of 2^56 values of randomness are rejected: those below it. Written in up to 14 hexadecimal digits, of which zeros at the end
/// may be left out. https://opentelemetry.io/docs/specs/otel/trace/tracestate-probability-sampling/#rejection-threshold-th
/// </summary>
/// <param name="Value">Below <see cref="Limit"/>.</param>
internal readonly record struct SamplingThreshold(ulong Value)
{
    /// <summary>Of 56 bits.</summary>
    public const int MaxDigits = 14;

    /// <summary>The number of values that randomness can have.</summary>
    public const ulong Limit = 1UL << 56;

    private const double LeastProbability = 1.0 / Limit;

    /// <summary>Rejects nothing.</summary>
    public static SamplingThreshold Zero => default;

    /// <summary>The share of items that it keeps.</summary>
    public double Probability => (Limit - Value) / (double)Limit;

    /// <summary>
    /// The threshold that keeps a share of items; null when that is too small for any to be kept.
    /// </summary>
    /// <param name="probability">What is over 1 counts as 1.</param>
    /// <param name="precision">How many digits count after leading ones that are all f or all 0.</param>
    public static SamplingThreshold? FromProbability(double probability, int precision)
    {
        if (!(probability >= LeastProbability))
            return null;
        if (probability >= 1)
            return Zero;

        var digits = Math.Min(MaxDigits, precision + Math.Max(LeadingDigits(probability), LeadingDigits(1 - probability)));
        var value = Limit - (ulong)Math.Round(probability * Limit);
        var shift = 4 * (MaxDigits - digits);
        if (shift > 0)
            value = (value + (1UL << (shift - 1))) >> shift << shift;
        return new SamplingThreshold(value);
    }

    /// <summary>Reads 1 to 14 digits of either case.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out SamplingThreshold threshold)
    {
        threshold = default;
        if (text.Length is 0 or > MaxDigits || !SamplingRandomness.TryParseHex(text, out var value))
            return false;
        threshold = new SamplingThreshold(value << (4 * (MaxDigits - text.Length)));
        return true;
    }

    /// <summary>Whether an item of this randomness is kept.</summary>
    public bool Keeps(ulong randomness) => randomness >= Value;

    /// <summary>Writes it in as few digits as it needs, at least one, and returns how many.</summary>
    /// <param name="digits">At least <see cref="MaxDigits"/> bytes.</param>
    public int Write(Span<byte> digits)
    {
        var length = SamplingRandomness.Write(Value, digits);
        while (length > 1 && digits[length - 1] == (byte)'0')
            length--;
        return length;
    }

    /// <summary>How many hexadecimal zeros a number below 1 begins with.</summary>
    private static int LeadingDigits(double number) => -(Math.ILogB(number) + 1) / 4;
}
