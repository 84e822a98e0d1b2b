using System.Text;
using Rotel.Exporters.Datadog.Obfuscation;

namespace Rotel.Exporters.Tests.Datadog.Obfuscation;

public sealed class CardNumberTests
{
    [Theory]
    [InlineData("4111111111111111")]
    [InlineData("4111-1111-1111-1111")]
    [InlineData(" 4111 1111 1111 1112 ")]
    [InlineData("378282246310005")]
    [InlineData("5555555555554444")]
    [InlineData("2221000000000009")]
    [InlineData("2720990000000007")]
    [InlineData("30569309025904")]
    [InlineData("6011111111111117")]
    [InlineData("501800000009")]
    [InlineData("100000000000")]
    public void IsCardNumber_OfAnIssuersNumber_IsTrue(string text) => Assert.True(Obfuscator.IsCardNumber(Encoding.UTF8.GetBytes(text)));

    [Theory]
    [InlineData("")]
    [InlineData("41111111111")]
    [InlineData("41111111111111111")]
    [InlineData("4111111111111111x")]
    [InlineData("x4111111111111111")]
    [InlineData("card 4111111111111111")]
    [InlineData("0111111111111111")]
    [InlineData("2220990000000000")]
    [InlineData("2721000000000000")]
    [InlineData("3060000000000000")]
    [InlineData("5900000000000000")]
    [InlineData("7000000000000000")]
    [InlineData("4111.1111.1111.1111")]
    [InlineData("            ")]
    [InlineData("------------")]
    public void IsCardNumber_OfAnythingElse_IsFalse(string text) => Assert.False(Obfuscator.IsCardNumber(Encoding.UTF8.GetBytes(text)));
}
