namespace Rotel.Telemetry;

/// <summary>The time of OTLP.</summary>
internal static class UnixTime
{
    public static ulong NanosecondsOf(DateTimeOffset time) => (ulong)(time - DateTimeOffset.UnixEpoch).Ticks * 100;
}
