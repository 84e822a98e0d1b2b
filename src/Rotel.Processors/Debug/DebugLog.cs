using Microsoft.Extensions.Logging;

namespace Rotel.Processors.Debug;

/// <summary>The log events of the debug log.</summary>
internal static partial class DebugLog
{
    [LoggerMessage(3001, LogLevel.Information, "Received {Signal}{Stage}: {Resources} resources, {Items} {ItemNoun}")]
    public static partial void Received(this ILogger logger, string signal, string stage, int resources, int items, string itemNoun);

    [LoggerMessage(3002, LogLevel.Information, "Received metrics{Stage}: {Resources} resources, {Metrics} metrics, {DataPoints} data points")]
    public static partial void ReceivedMetrics(this ILogger logger, string stage, int resources, int metrics, int dataPoints);

    [LoggerMessage(3003, LogLevel.Information, "Received {Signal}{Stage}:\n{Fields}")]
    public static partial void ReceivedDetails(this ILogger logger, string signal, string stage, string fields);

    [LoggerMessage(3004, LogLevel.Information, "Received {Signal}: {Bytes} bytes that cannot be shown, for they are not protobuf throughout")]
    public static partial void NotReadable(this ILogger logger, string signal, int bytes);
}
