namespace Rotel.Datadog.TestKit;

/// <summary>How much an intake takes in one request; more is answered with 413.</summary>
/// <param name="Compressed">Bytes as sent.</param>
/// <param name="Uncompressed">Bytes before compression.</param>
/// <param name="Items">Series, sketches or log records; no limit elsewhere.</param>
public readonly record struct DatadogLimits(int Compressed, int Uncompressed, int Items = int.MaxValue)
{
    /// <summary>
    /// What Datadog documents (series: https://docs.datadoghq.com/api/latest/metrics/, logs: https://docs.datadoghq.com/api/latest/logs/)
    /// or, where it does not, what its agent keeps to.
    /// </summary>
    public static DatadogLimits Of(string path) => path switch
    {
        DatadogPaths.Traces => new(3_200_000, 3_200_000),
        DatadogPaths.Stats => new(3_200_000, 3_200_000),
        DatadogPaths.Series => new(512_000, 5_242_880),
        DatadogPaths.Sketches => new(2_621_440, 4_194_304),
        DatadogPaths.Logs => new(5_000_000, 5_000_000, Items: 1000),
        _ => new(int.MaxValue, int.MaxValue),
    };
}
