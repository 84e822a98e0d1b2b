using System.Text;
using Rotel.Exporters.Datadog.Metrics;

namespace Rotel.Exporters.Tests.Datadog.Metrics;

/// <summary>Numbers as texts of tags. What is expected is what Go's <c>strconv.FormatFloat(f, 'g', -1, 64)</c> and <c>.0</c> give.</summary>
public sealed class CanonicalNumberTests
{
    [Theory]
    [InlineData(0, "0")]
    [InlineData(1, "1.0")]
    [InlineData(-1, "-1.0")]
    [InlineData(0.5, "0.5")]
    [InlineData(0.005, "0.005")]
    [InlineData(0.0001, "0.0001")]
    [InlineData(0.00001, "1e-05")]
    [InlineData(0.0000125, "1.25e-05")]
    [InlineData(7.5, "7.5")]
    [InlineData(100, "100.0")]
    [InlineData(999_999, "999999.0")]
    [InlineData(1_000_000, "1e+06.0")]
    [InlineData(1_234_567, "1.234567e+06.0")]
    [InlineData(1234.5678, "1234.5678")]
    [InlineData(1e21, "1e+21.0")]
    [InlineData(double.MaxValue, "1.7976931348623157e+308.0")]
    [InlineData(double.MinValue, "-1.7976931348623157e+308.0")]
    [InlineData(double.Epsilon, "5e-324")]
    [InlineData(double.PositiveInfinity, "inf")]
    [InlineData(double.NegativeInfinity, "-inf")]
    [InlineData(double.NaN, "nan")]
    public void Write_Number_IsAsTheTranslatorWritesIt(double value, string expected)
    {
        Span<byte> text = stackalloc byte[CanonicalNumber.MaxLength];

        Assert.Equal(expected, Encoding.ASCII.GetString(text[..CanonicalNumber.Write(value, text)]));
    }
}
