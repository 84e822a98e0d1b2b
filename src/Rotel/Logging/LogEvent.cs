using Microsoft.Extensions.Logging;

namespace Rotel.Logging;

/// <summary>One message on its way into a line.</summary>
/// <param name="Time">When it was logged.</param>
/// <param name="Level">Its severity.</param>
/// <param name="Category">The logger's.</param>
/// <param name="Id">Its event.</param>
/// <param name="Message">With the values in their places.</param>
/// <param name="Values">The values by name, and the template; null when the message has none.</param>
/// <param name="Exception">What went with it.</param>
internal readonly record struct LogEvent(
    DateTimeOffset Time,
    LogLevel Level,
    string Category,
    EventId Id,
    string Message,
    IReadOnlyList<KeyValuePair<string, object?>>? Values,
    Exception? Exception)
{
    /// <summary>The severity in five letters or less.</summary>
    public string Severity => Level switch
    {
        LogLevel.Trace => "trace",
        LogLevel.Debug => "debug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warn",
        LogLevel.Error => "error",
        _ => "fatal",
    };
}
