using Microsoft.Extensions.Logging;

namespace Rotel.Logging;

/// <summary>The log events of the log file itself; ids from 5150.</summary>
internal static partial class Log
{
    [LoggerMessage(5150, LogLevel.Warning, "{Times} times a message could not be written to the log file: {Problem}.")]
    public static partial void LogFileFailed(this ILogger logger, long times, string problem);

    [LoggerMessage(5151, LogLevel.Warning, "{Lost} earlier messages could not be written to this file: {Problem}.")]
    public static partial void LogFileRecovered(this ILogger logger, long lost, string problem);
}
