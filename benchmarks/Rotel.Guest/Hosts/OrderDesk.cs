using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;

namespace Rotel.Guest.Hosts;

/// <summary>The application's business: each request makes a server span, two spans inside it, a log record and two measurements.</summary>
internal sealed partial class OrderDesk
{
    public const string SourceName = "Guest.Orders";

    public const string Route = "/orders/{id:int}";

    public const int SpansPerRequest = 3;

    /// <summary>Spans and log records; the data points come by time and not by request.</summary>
    public const int ItemsPerRequest = SpansPerRequest + 1;

    private static readonly ActivitySource Source = new(SourceName);

    private readonly ILogger _logger;
    private readonly Counter<long> _orders;
    private readonly Histogram<double> _amounts;

    public OrderDesk(IMeterFactory meters, ILoggerFactory loggers)
    {
        // Not a category below "Rotel": what Rotel itself logs is kept out of the telemetry it carries.
        _logger = loggers.CreateLogger("Guest.Orders");
        var meter = meters.Create(SourceName);
        _orders = meter.CreateCounter<long>("orders.priced", "{order}");
        _amounts = meter.CreateHistogram<double>("orders.amount", "EUR");
    }

    public Order Price(int id)
    {
        var region = (id % 3) switch { 0 => "north", 1 => "south", _ => "east" };
        bool inStock;
        using (var looking = Source.StartActivity("look up stock"))
        {
            inStock = id % 7 != 0;
            looking?.SetTag("order.id", id).SetTag("order.region", region).SetTag("stock.found", inStock);
        }

        double amount;
        using (var pricing = Source.StartActivity("price order"))
        {
            amount = Math.Round(id % 1000 * 1.19, 2);
            pricing?.SetTag("order.id", id).SetTag("order.amount", amount).SetTag("order.currency", "EUR");
        }

        _orders.Add(1, new KeyValuePair<string, object?>("order.region", region));
        _amounts.Record(amount, new KeyValuePair<string, object?>("order.region", region));
        LogPriced(_logger, id, amount, region);
        return new Order(id, region, amount, inStock, ["parcel", "courier"]);
    }

    [LoggerMessage(1, LogLevel.Information, "Priced order {OrderId} at {Amount} for {Region}")]
    private static partial void LogPriced(ILogger logger, int orderId, double amount, string region);

    internal sealed record Order(int Id, string Region, double Amount, bool InStock, string[] Deliveries);
}
