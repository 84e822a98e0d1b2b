namespace Rotel.Exporters.Datadog.Intake;

/// <summary>
/// What intakes take of compressed bytes, which is known only once a body is compressed. Limits on items and uncompressed bytes are the
/// encoders', who close a request before it passes them.
/// </summary>
internal static class IntakeLimits
{
    /// <summary>https://docs.datadoghq.com/api/latest/metrics/#submit-metrics: 500 kilobytes.</summary>
    public const int SeriesCompressed = 512_000;

    /// <summary>What Datadog's agent keeps to by default (<c>serializer_max_payload_size</c>).</summary>
    public const int SketchesCompressed = 2_621_440;

    /// <summary>The most bytes of one request as it is sent.</summary>
    public static long MaxBytes(DatadogIntake intake) => intake switch
    {
        DatadogIntake.Series => SeriesCompressed,
        DatadogIntake.Sketches => SketchesCompressed,
        _ => long.MaxValue,
    };
}
