namespace Rotel.Datadog.TestKit;

/// <summary>The paths of the intakes.</summary>
public static class DatadogPaths
{
    public const string Traces = "/api/v0.2/traces";
    public const string Stats = "/api/v0.2/stats";
    public const string Series = "/api/v2/series";
    public const string Sketches = "/api/beta/sketches";
    public const string Logs = "/api/v2/logs";
    public const string HostMetadata = "/intake";
}
