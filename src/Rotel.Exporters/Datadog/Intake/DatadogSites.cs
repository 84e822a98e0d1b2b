using Rotel.Exporters.Otlp;

namespace Rotel.Exporters.Datadog.Intake;

/// <summary>Where the intakes of an account are: by its region, or all at the endpoint that was set in their place.</summary>
/// <remarks>https://docs.datadoghq.com/getting_started/site/ and https://docs.datadoghq.com/agent/configuration/network/.</remarks>
internal sealed class DatadogSites
{
    private readonly Uri[] _urls;

    public DatadogSites(DatadogExporterOptions options)
    {
        var site = Site(options.Region);
        _urls = Array.ConvertAll(Enum.GetValues<DatadogIntake>(), intake => options.CustomEndpoint is { } custom
            ? new Uri(OtlpEndpoint.WithScheme(custom), Path(intake))
            : new Uri($"https://{Host(intake)}.{site}{Path(intake)}"));
    }

    /// <summary>The domain of a region.</summary>
    public static string Site(DatadogRegion region) => region switch
    {
        DatadogRegion.Us1 => "datadoghq.com",
        DatadogRegion.Us3 => "us3.datadoghq.com",
        DatadogRegion.Us5 => "us5.datadoghq.com",
        DatadogRegion.Eu => "datadoghq.eu",
        DatadogRegion.Ap1 => "ap1.datadoghq.com",
        DatadogRegion.Ap2 => "ap2.datadoghq.com",
        DatadogRegion.Gov => "ddog-gov.com",
        _ => throw new ArgumentOutOfRangeException(nameof(region), region, "Regions are checked at start."),
    };

    public Uri Url(DatadogIntake intake) => _urls[(int)intake];

    private static string Host(DatadogIntake intake) => intake switch
    {
        DatadogIntake.Traces or DatadogIntake.Stats => "trace.agent",
        DatadogIntake.Logs => "http-intake.logs",
        _ => "api",
    };

    private static string Path(DatadogIntake intake) => intake switch
    {
        DatadogIntake.Traces => "/api/v0.2/traces",
        DatadogIntake.Stats => "/api/v0.2/stats",
        DatadogIntake.Series => "/api/v2/series",
        DatadogIntake.Sketches => "/api/beta/sketches",
        DatadogIntake.Logs => "/api/v2/logs",
        _ => "/intake",
    };
}
