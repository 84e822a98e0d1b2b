using Microsoft.Extensions.Logging;

namespace Rotel.Processors.Redaction;

/// <summary>The log events of redaction.</summary>
internal static partial class RedactionLog
{
    [LoggerMessage(3020, LogLevel.Warning,
        "Processor {Processor}: its patterns took too long for {Times} texts, which were masked; simplify them or raise match_timeout")]
    public static partial void PatternsTookTooLong(this ILogger logger, string processor, long times);
}
