using Microsoft.Extensions.Logging;
using Rotel.Diagnostics;

namespace Rotel.DeadLetters;

/// <summary>The log events of dead letters.</summary>
internal static partial class Log
{
    [LoggerMessage(
        EventIds.DeadLettersKept,
        LogLevel.Information,
        "Kept {Items} items that destinations refused for good in '{Directory}'; 'rotel replay' sends them again.")]
    public static partial void DeadLettersKept(this ILogger logger, long items, string directory);

    [LoggerMessage(
        EventIds.DeadLettersLost,
        LogLevel.Warning,
        "{Items} items that destinations refused for good are not, or no longer, in '{Directory}': {Reason}.")]
    public static partial void DeadLettersLost(this ILogger logger, long items, string directory, string reason);

    [LoggerMessage(
        EventIds.DeadLettersUnwritable,
        LogLevel.Warning,
        "{Items} items that destinations refused for good could not be written to '{Directory}': {Problem}")]
    public static partial void DeadLettersUnwritable(this ILogger logger, long items, string directory, string? problem);
}
