using System.Globalization;
using System.Numerics;
using System.Text;
using Rotel.Otlp.Json;

namespace Rotel.Core.Tests.Otlp.Json;

public sealed class JsonIntegerTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("0.000", 0)]
    [InlineData("0e999999999999999999999", 0)]
    [InlineData("1e3", 1000)]
    [InlineData("1.50e1", 15)]
    [InlineData("1200e-2", 12)]
    [InlineData("0.0000000000000000000000000000012e31", 12)]
    [InlineData("18446744073709551615", ulong.MaxValue)]
    [InlineData("18446744073709551615.0", ulong.MaxValue)]
    [InlineData("1844674407370955161.5e1", ulong.MaxValue)]
    [InlineData("00000000000000000000000000000001", 1)]
    [InlineData("100000000000000000000000000000000e-32", 1)]
    public void TryParse_WholeNumber_IsItsMagnitude(string text, ulong expected)
    {
        Assert.Equal(OtlpJsonFault.None, JsonInteger.TryParse(Encoding.UTF8.GetBytes("-" + text), out var isNegative, out var magnitude));
        Assert.True(isNegative);
        Assert.Equal(expected, magnitude);
    }

    [Theory]
    [InlineData("18446744073709551616")]
    [InlineData("99999999999999999999")]
    [InlineData("1e20")]
    [InlineData("1e99999999999999999999999")]
    [InlineData("184467440737095516160")]
    public void TryParse_MoreThan64Bits_IsOutOfRange(string text) =>
        Assert.Equal(OtlpJsonFault.OutOfRange, JsonInteger.TryParse(Encoding.UTF8.GetBytes(text), out _, out _));

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("--1")]
    [InlineData("+1")]
    [InlineData(" 1")]
    [InlineData("1 ")]
    [InlineData("1.")]
    [InlineData(".5")]
    [InlineData("1e")]
    [InlineData("1e+")]
    [InlineData("1e1.0")]
    [InlineData("1.2.3")]
    [InlineData("0x10")]
    [InlineData("1.5")]
    [InlineData("1e-1")]
    [InlineData("1e-99999999999999999999999")]
    [InlineData("١")]
    [InlineData("12345678901234567890123x")]
    public void TryParse_NoWholeNumber_IsBad(string text) =>
        Assert.Equal(OtlpJsonFault.BadNumber, JsonInteger.TryParse(Encoding.UTF8.GetBytes(text), out _, out _));

    [Fact]
    public void TryParse_AnyNumber_IsWhatExactArithmeticMakesOfIt()
    {
        for (var seed = 0; seed < 20_000; seed++)
        {
            var random = new Random(seed);
            var whole = Digits(random, 1 + random.Next(22));
            var fraction = random.Next(2) == 0 ? "" : Digits(random, 1 + random.Next(22));
            var exponent = random.Next(-25, 25);
            var text = $"{whole}{(fraction.Length > 0 ? "." : "")}{fraction}{(exponent == 0 ? "" : $"e{exponent}")}";
            var numerator = BigInteger.Parse(whole + fraction, CultureInfo.InvariantCulture);
            var power = exponent - fraction.Length;
            var (exact, rest) = power >= 0
                ? (numerator * BigInteger.Pow(10, power), BigInteger.Zero)
                : (BigInteger.DivRem(numerator, BigInteger.Pow(10, -power), out var remainder), remainder);
            var expected = rest != 0 ? OtlpJsonFault.BadNumber : exact > ulong.MaxValue ? OtlpJsonFault.OutOfRange : OtlpJsonFault.None;

            var fault = JsonInteger.TryParse(Encoding.UTF8.GetBytes(text), out _, out var magnitude);

            Assert.True(fault == expected, $"seed {seed}: {text} is {fault}");
            Assert.True(fault != OtlpJsonFault.None || magnitude == exact, $"seed {seed}: {text} is {magnitude}");
        }
    }

    private static string Digits(Random random, int count) =>
        string.Concat(Enumerable.Range(0, count).Select(_ => random.Next(3) == 0 ? random.Next(10) : 0));
}
