using System.Text;

namespace Rotel.Processors.Sampling;

public sealed class SamplingThresholdTests
{
    /// <summary>The table of https://opentelemetry.io/docs/specs/otel/trace/tracestate-probability-sampling/#algorithms.</summary>
    [Theory]
    [InlineData(1, "0", "0", "0")]
    [InlineData(2, "8", "8", "8")]
    [InlineData(3, "aab", "aaab", "aaaab")]
    [InlineData(4, "c", "c", "c")]
    [InlineData(5, "ccd", "cccd", "ccccd")]
    [InlineData(8, "e", "e", "e")]
    [InlineData(10, "e66", "e666", "e6666")]
    [InlineData(16, "f", "f", "f")]
    [InlineData(100, "fd71", "fd70a", "fd70a4")]
    [InlineData(1_000, "ffbe7", "ffbe77", "ffbe76d")]
    [InlineData(10_000, "fff972", "fff9724", "fff97247")]
    [InlineData(100_000, "ffff584", "ffff583a", "ffff583a5")]
    [InlineData(1_000_000, "ffffef4", "ffffef39", "ffffef391")]
    public void FromProbability_OfTheSpecificationsTable_GivesItsThresholds(int oneIn, string three, string four, string five)
    {
        Assert.Equal(three, Text(SamplingThreshold.FromProbability(1.0 / oneIn, 3)));
        Assert.Equal(four, Text(SamplingThreshold.FromProbability(1.0 / oneIn, 4)));
        Assert.Equal(five, Text(SamplingThreshold.FromProbability(1.0 / oneIn, 5)));
    }

    [Theory]
    [InlineData(0.75, 4, "4")]
    [InlineData(0.999, 4, "004189")]
    [InlineData(1e-16, 14, "fffffffffffff9")]
    [InlineData(1.0, 1, "0")]
    public void FromProbability_NearItsEnds_KeepsItsPrecision(double probability, int precision, string expected) =>
        Assert.Equal(expected, Text(SamplingThreshold.FromProbability(probability, precision)));

    [Fact]
    public void FromProbability_OfTheLeastProbability_KeepsOneValue()
    {
        var least = Math.Pow(2, -56);

        Assert.Equal(new SamplingThreshold(SamplingThreshold.Limit - 1), SamplingThreshold.FromProbability(least, 1));
        Assert.Null(SamplingThreshold.FromProbability(least / 2, 14));
        Assert.Null(SamplingThreshold.FromProbability(0, 4));
        Assert.Null(SamplingThreshold.FromProbability(double.NaN, 4));
    }

    [Fact]
    public void FromProbability_OfAnyProbability_EqualsTheReferenceAndComesCloseToIt()
    {
        var random = new Random(1);
        for (var i = 0; i < 20_000; i++)
        {
            var probability = i % 2 == 0 ? random.NextDouble() : Math.Pow(2, -56 * random.NextDouble());
            probability = i % 4 == 1 ? 1 - probability : probability;
            var precision = random.Next(1, 15);

            var threshold = SamplingThreshold.FromProbability(probability, precision);

            Assert.Equal(ReferenceSampler.Threshold(probability, precision)?.TrimEnd('0'), Text(threshold)?.TrimEnd('0'));
            if (threshold is not { } value)
                continue;
            Assert.True(value.Value < SamplingThreshold.Limit);
            var error = Math.Abs(value.Probability - probability);
            var allowed = Math.Pow(2, -56) + (Math.Pow(16, 1 - precision) * Math.Min(probability, 1 - probability));
            Assert.True(error <= allowed, $"{probability} {precision}");
        }
    }

    [Fact]
    public void Threshold_WrittenAndRead_IsTheSame()
    {
        var random = new Random(2);
        for (var i = 0; i < 1_000; i++)
        {
            var threshold = new SamplingThreshold((ulong)random.NextInt64(1L << 56) >> random.Next(57) << random.Next(8));
            threshold = new SamplingThreshold(threshold.Value & SamplingRandomness.Mask);
            var text = Text(threshold)!;

            Assert.True(SamplingThreshold.TryParse(Encoding.ASCII.GetBytes(text), out var read));
            Assert.Equal(threshold, read);
            Assert.True(SamplingThreshold.TryParse(Encoding.ASCII.GetBytes(text.ToUpperInvariant()), out read));
            Assert.Equal(threshold, read);
            Assert.True(text == "0" || text[^1] != '0');
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("g")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData("0x1")]
    [InlineData(" 1")]
    [InlineData("1 ")]
    [InlineData("123456789abcdef")]
    [InlineData("१")]
    public void TryParse_OfWhatIsNotAThreshold_IsFalse(string text) =>
        Assert.False(SamplingThreshold.TryParse(Encoding.UTF8.GetBytes(text), out _));

    [Theory]
    [InlineData("00000000000000000000000000000000", false, 0)]
    [InlineData("00000000000000000100000000000000", true, 0)]
    [InlineData("ffffffffffffffffff00000000000007", true, 7)]
    [InlineData("0000000000000000fffffffffffffff1", true, 0xfffffffffffff1)]
    [InlineData("ffffffffffffffff", false, 0)]
    [InlineData("", false, 0)]
    public void Randomness_OfATraceId_IsItsLast56Bits(string traceId, bool isThere, long expected)
    {
        Assert.Equal(isThere, SamplingRandomness.TryRead(Convert.FromHexString(traceId), out var randomness));
        Assert.Equal((ulong)expected, randomness);
    }

    private static string? Text(SamplingThreshold? threshold)
    {
        Span<byte> digits = stackalloc byte[SamplingThreshold.MaxDigits];
        return threshold is { } value ? Encoding.ASCII.GetString(digits[..value.Write(digits)]) : null;
    }
}
