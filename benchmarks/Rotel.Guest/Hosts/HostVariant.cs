namespace Rotel.Guest.Hosts;

/// <summary>The ways in which the one application is built.</summary>
internal static class HostVariant
{
    /// <summary>No telemetry at all: what the others are measured from.</summary>
    public const string Bare = "bare";

    /// <summary>The OpenTelemetry SDK with its own OTLP exporter.</summary>
    public const string Plain = "plain";

    /// <summary>The SDK hands over to Rotel, which listens and exports.</summary>
    public const string Rotel = "rotel";

    /// <summary>As <see cref="Rotel"/>, with both listeners off.</summary>
    public const string HandOff = "handoff";

    public static IReadOnlyList<string> All { get; } = [Bare, Plain, Rotel, HandOff];
}
