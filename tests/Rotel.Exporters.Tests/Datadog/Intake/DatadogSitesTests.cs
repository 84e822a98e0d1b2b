using Rotel.Exporters.Datadog;
using Rotel.Exporters.Datadog.Intake;

namespace Rotel.Exporters.Tests.Datadog.Intake;

public sealed class DatadogSitesTests
{
    [Theory]
    [InlineData(DatadogRegion.Us1, "datadoghq.com")]
    [InlineData(DatadogRegion.Us3, "us3.datadoghq.com")]
    [InlineData(DatadogRegion.Us5, "us5.datadoghq.com")]
    [InlineData(DatadogRegion.Eu, "datadoghq.eu")]
    [InlineData(DatadogRegion.Ap1, "ap1.datadoghq.com")]
    [InlineData(DatadogRegion.Ap2, "ap2.datadoghq.com")]
    [InlineData(DatadogRegion.Gov, "ddog-gov.com")]
    public void Url_OfARegion_IsOfItsSite(DatadogRegion region, string site)
    {
        var sites = new DatadogSites(new DatadogExporterOptions { Region = region });

        Assert.Equal($"https://trace.agent.{site}/api/v0.2/traces", sites.Url(DatadogIntake.Traces).AbsoluteUri);
        Assert.Equal($"https://trace.agent.{site}/api/v0.2/stats", sites.Url(DatadogIntake.Stats).AbsoluteUri);
        Assert.Equal($"https://api.{site}/api/v2/series", sites.Url(DatadogIntake.Series).AbsoluteUri);
        Assert.Equal($"https://api.{site}/api/beta/sketches", sites.Url(DatadogIntake.Sketches).AbsoluteUri);
        Assert.Equal($"https://http-intake.logs.{site}/api/v2/logs", sites.Url(DatadogIntake.Logs).AbsoluteUri);
        Assert.Equal($"https://api.{site}/intake", sites.Url(DatadogIntake.HostMetadata).AbsoluteUri);
    }

    [Theory]
    [InlineData("http://127.0.0.1:8080/some/path?query=1", "http://127.0.0.1:8080/")]
    [InlineData("https://proxy.example.com", "https://proxy.example.com/")]
    [InlineData("localhost:3000", "http://localhost:3000/")]
    public void Url_OfACustomEndpoint_HasItsSchemeHostAndPortOnly(string custom, string origin)
    {
        var sites = new DatadogSites(new DatadogExporterOptions { CustomEndpoint = new Uri(custom, UriKind.RelativeOrAbsolute) });

        Assert.Equal($"{origin}api/v0.2/traces", sites.Url(DatadogIntake.Traces).AbsoluteUri);
        Assert.Equal($"{origin}api/v2/logs", sites.Url(DatadogIntake.Logs).AbsoluteUri);
        Assert.Equal($"{origin}intake", sites.Url(DatadogIntake.HostMetadata).AbsoluteUri);
    }
}
