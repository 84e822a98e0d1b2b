using Microsoft.Extensions.Logging;

namespace Rotel.Processors.Detection;

/// <summary>The log events of resource detection.</summary>
internal static partial class DetectionLog
{
    [LoggerMessage(3080, LogLevel.Information, "Resource detector '{Detector}' found {Attributes}")]
    public static partial void Detected(this ILogger logger, string detector, string attributes);

    [LoggerMessage(
        3081, LogLevel.Warning, "Resource detector '{Detector}' could not find out everything: {Problem}. Resources go without it.")]
    public static partial void NotDetected(this ILogger logger, string detector, string problem);

    [LoggerMessage(3082, LogLevel.Debug, "Resource detector '{Detector}' found nothing: the process does not run there")]
    public static partial void NothingToDetect(this ILogger logger, string detector);
}
