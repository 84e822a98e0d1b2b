using System.Text;
using Rotel.Exporters.Http;
using Rotel.Pipelines;

namespace Rotel.Exporters.Tests.Http;

public sealed class SentSecretsTests
{
    private const string Password = "p4ss/w0rd";
    private const string Key = "k3y+w1th=more";
    private const string InQuery = "qu3ry value";

    private static string Basic => Convert.ToBase64String(Encoding.UTF8.GetBytes($"anna:{Password}"));

    [Theory]
    [InlineData("wrong password p4ss/w0rd", "wrong password ***")]
    [InlineData("wrong user anna:p4ss/w0rd", "wrong user ***")]
    [InlineData("key=k3y%2Bw1th%3Dmore", "key=***")]
    [InlineData("key=k3y%2bw1th%3dmore", "key=***")]
    [InlineData("KEY K3Y+W1TH=MORE", "KEY ***")]
    [InlineData("/v1?k=qu3ry%20value", "/v1?k=***")]
    [InlineData("/v1?k=qu3ry+value and qu3ry value", "/v1?k=*** and ***")]
    [InlineData("cut within k3y+w1…", "cut within ***…")]
    [InlineData("cut within p4ss… (and more)", "cut within ***… (and more)")]
    [InlineData("tenant 1 is not allowed", "tenant 1 is not allowed")]
    public void Message_LosesWhatWasSentInWhateverForm(string message, string expected) => Assert.Equal(expected, Removed(message));

    [Fact]
    public void Message_LosesCredentialsWithAndWithoutTheirScheme()
    {
        Assert.Equal("invalid: ***", Removed($"invalid: Basic {Basic}"));
        Assert.Equal("invalid: ***", Removed($"invalid: {Basic}"));
    }

    private static string? Removed(string message)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"http://host/v1?k={Uri.EscapeDataString(InQuery)}");
        request.Headers.TryAddWithoutValidation("Authorization", $"Basic {Basic}");
        request.Headers.TryAddWithoutValidation("x-key", Key);
        request.Headers.TryAddWithoutValidation("x-tenant", "1");
        return SentSecrets.Remove(request, ExportOutcome.Rejected(message)).Message;
    }
}
