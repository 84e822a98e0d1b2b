namespace Rotel.Guest.Hosts;

/// <summary>The ways in which the one application is built.</summary>
internal static class HostVariant
{
    /// <summary>No telemetry at all.</summary>
    public const string Bare = "bare";

    /// <summary>The OpenTelemetry SDK makes telemetry that goes nowhere: it has no exporter.</summary>
    public const string Silent = "silent";

    /// <summary>The SDK with its own OTLP exporter, right to the backend.</summary>
    public const string Plain = "plain";

    /// <summary>The SDK with its own OTLP exporter, to a <c>rotel</c> process on the machine, which sends on to the backend.</summary>
    public const string Agent = "agent";

    /// <summary>The SDK with its own OTLP exporter, to Rotel in the same process, through a socket.</summary>
    public const string Loopback = "loopback";

    /// <summary>The SDK hands over to Rotel in the same process, which listens too.</summary>
    public const string Rotel = "rotel";

    /// <summary>As <see cref="Rotel"/>, with both listeners off.</summary>
    public const string HandOff = "handoff";

    public static IReadOnlyList<string> All { get; } = [Bare, Silent, Plain, Agent, Loopback, Rotel, HandOff];

    public static bool Exports(string variant) => variant is not (Bare or Silent);
}
