using Microsoft.Extensions.Logging;

namespace Rotel.Processors.Typed;

/// <summary>The log events of the user's own steps.</summary>
internal static partial class TypedLog
{
    [LoggerMessage(3050, LogLevel.Error, "The processor {Processor} failed on {Signal}, {Times} times since the last line; {Outcome}")]
    public static partial void StepThrew(
        this ILogger logger, Exception? exception, string processor, string signal, long times, string outcome);

    [LoggerMessage(
        3051,
        LogLevel.Error,
        "The processor {Processor} did not finish {Signal} within {TimeLimit}, {Times} times since the last line; {Outcome}")]
    public static partial void StepTookTooLong(
        this ILogger logger, string processor, string signal, TimeSpan timeLimit, long times, string outcome);

    [LoggerMessage(
        3052,
        LogLevel.Error,
        "The processor {Processor} was not called for {Signal}, {Times} times since the last line, "
            + "for {Hanging} calls that were given up have not come back; {Outcome}")]
    public static partial void StepHangs(
        this ILogger logger, string processor, string signal, long times, int hanging, string outcome);

    [LoggerMessage(
        3053,
        LogLevel.Error,
        "The processor {Processor} left {Signal} that {Problem}, {Times} times since the last line; {Outcome}")]
    public static partial void StepLeftUnusable(
        this ILogger logger, Exception? exception, string processor, string signal, string problem, long times, string outcome);

    [LoggerMessage(3054, LogLevel.Error, "The processor {Processor} failed on {Signal} {Times} more times since the last line")]
    public static partial void StepFailedBefore(this ILogger logger, string processor, string signal, long times);

    [LoggerMessage(3055, LogLevel.Error, "Services that processors of {Signal} used could not be disposed")]
    public static partial void ServicesNotDisposed(this ILogger logger, Exception exception, string signal);
}
