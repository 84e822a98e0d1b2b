using Microsoft.Extensions.Logging;

namespace Rotel.Processors.Files;

/// <summary>The log events of processor files; ids from 3070.</summary>
internal static partial class ProcessorFilesLog
{
    [LoggerMessage(3070, LogLevel.Warning, "The processors of '{File}' could not be disposed, so it stays in memory.")]
    public static partial void FileNotDisposed(this ILogger logger, string file, Exception exception);
}
