using System.Diagnostics.Metrics;

namespace HelloRotel;

/// <summary>The application's business, with a counter and log lines of its own.</summary>
internal sealed partial class CoffeeShop(IMeterFactory meters, ILogger logger)
{
    public const string MeterName = "HelloRotel";

    private readonly Counter<long> _served = meters.Create(MeterName).CreateCounter<long>("coffee.served", "{cup}");

    public string Serve(string kind)
    {
        _served.Add(1, new KeyValuePair<string, object?>("coffee.kind", kind));
        LogServed(logger, kind);
        return $"One {kind}, please enjoy.";
    }

    [LoggerMessage(1, LogLevel.Information, "Served {Kind}")]
    private static partial void LogServed(ILogger logger, string kind);
}
