using Rotel.Otlp;
using Rotel.TestKit.Telemetry;

namespace Rotel.Benchmarks;

/// <summary>
/// The standard load as request bodies. One invocation of a benchmark goes through all of them, so that the data of one does not sit in
/// the caches when its
/// turn comes again.
/// </summary>
internal static class Bodies
{
    public const int Count = 64;

    /// <summary>Items in one invocation, for <c>OperationsPerInvoke</c>.</summary>
    public const int TotalItems = Count * StandardLoad.ItemsPerRequest;

    public static byte[][] Of(OtlpSignal signal)
    {
        var load = new StandardLoad();
        var bodies = new byte[Count][];
        for (var i = 0; i < bodies.Length; i++)
            bodies[i] = load.Encode(signal);
        return bodies;
    }
}
