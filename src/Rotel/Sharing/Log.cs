using Microsoft.Extensions.Logging;

namespace Rotel.Sharing;

/// <summary>The log events of sharing; ids from 5100.</summary>
internal static partial class Log
{
    [LoggerMessage(
        5100, LogLevel.Information, "This process holds the shared agent of {File}: other processes of this user hand over to it.")]
    public static partial void Holds(this ILogger logger, string file);

    [LoggerMessage(5101, LogLevel.Information, "Handing over to process {ProcessId}, which holds the shared agent of {File}.")]
    public static partial void Follows(this ILogger logger, int processId, string file);

    [LoggerMessage(5102, LogLevel.Information, "Process {ProcessId} has given up the shared agent; another takes over.")]
    public static partial void HolderLeft(this ILogger logger, int processId);

    [LoggerMessage(
        EventId = 5103,
        Message = "Process {ProcessId}, which held the shared agent, ended without a word. Of the {Items} items that it accepted from this "
            + "process since they were last flushed, those that it had not delivered are lost; acknowledgement mode 'delivered' prevents that.")]
    public static partial void HolderLost(this ILogger logger, LogLevel level, int processId, long items);

    [LoggerMessage(
        5104,
        LogLevel.Warning,
        "Process {ProcessId}, which holds the shared agent of {File}, has other exporters than this process: what is handed over goes to "
            + "those. Give both the same, or another pid_file (ROTEL_PID_FILE).")]
    public static partial void HolderDiffers(this ILogger logger, int processId, string file);

    [LoggerMessage(
        5105,
        LogLevel.Warning,
        "No process that holds the shared agent of {File} can be reached, and its lock is not free; what is taken in waits in memory.")]
    public static partial void NobodyHolds(this ILogger logger, string file);

    [LoggerMessage(5106, LogLevel.Warning, "This process has taken the shared agent over but cannot listen yet; trying again: {Problem}")]
    public static partial void CannotListenYet(this ILogger logger, string problem);

    [LoggerMessage(
        5107, LogLevel.Warning, "This process cannot take part in the shared agent of {File} at the moment; trying again: {Problem}")]
    public static partial void CannotTakePart(this ILogger logger, string file, string problem);
}
