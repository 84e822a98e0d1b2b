namespace Rotel.Processors.Detection;

public sealed class EnvironmentDetectorTests
{
    [Fact]
    public async Task Variables_WithAttributes_BecomeThem()
    {
        using var place = new Place()
            .Variable("OTEL_RESOURCE_ATTRIBUTES", " team = checkout , empty=,service.name=loser, deployment.environment.name=a%3Db%2Cc%20%C3%A4,team=basket")
            .Variable("OTEL_SERVICE_NAME", "shop");

        var found = await place.FindAsync(ResourceDetector.Env);

        Assert.Equal(["deployment.environment.name=a=b,c ä", "service.name=shop", "team=basket"], found);
    }

    [Theory]
    [InlineData("a=b,secret")]
    [InlineData("a=b,=secret")]
    [InlineData("a=b,c=secret%4")]
    [InlineData("a=b,c=secret%zz")]
    [InlineData("a=b,c=secret%FF")]
    public async Task Attributes_WithAnError_AreDiscardedWholeAndNotRepeated(string text)
    {
        using var place = new Place().Variable("OTEL_RESOURCE_ATTRIBUTES", text).Variable("OTEL_SERVICE_NAME", "shop");

        var resource = await place.DetectAsync(ResourceDetector.Env);

        Assert.Equal(["service.name=shop"], Place.Lines(resource));
        Assert.Contains("OTEL_RESOURCE_ATTRIBUTES", resource.Findings.Single().Problem, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", resource.Findings.Single().Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Value_LongerThanAnyMeant_IsLeftOut()
    {
        using var place = new Place().Variable("OTEL_RESOURCE_ATTRIBUTES", $"fits={new string('x', 4096)},long={new string('x', 4097)}");

        var resource = await place.DetectAsync(ResourceDetector.Env);

        Assert.Equal("fits", Assert.Single(resource.Attributes).Key);
        Assert.Equal("long is longer than 4096 characters", resource.Findings.Single().Problem);
    }

    [Fact]
    public async Task Environment_WithoutThem_SaysNothing()
    {
        using var place = new Place().Variable("OTEL_SERVICE_NAME", " ").Variable("OTHER", "x");

        Assert.Empty(await place.FindAsync(ResourceDetector.Env));
    }
}
