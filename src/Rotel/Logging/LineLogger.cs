using Microsoft.Extensions.Logging;

namespace Rotel.Logging;

/// <summary>Makes a line of each message and gives it to a sink. Never throws, whatever the message is made of.</summary>
internal sealed class LineLogger(string category, LineLoggerFactory owner) : ILogger
{
    /// <summary>Scopes are the host's business; Rotel's messages say all of it themselves.</summary>
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= owner.Level && logLevel != LogLevel.None;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!IsEnabled(logLevel))
            return;

        var time = owner.Time.GetUtcNow();
        var line = LineBuffer.Take();
        try
        {
            var values = state as IReadOnlyList<KeyValuePair<string, object?>>;
            owner.Format.Write(line, new LogEvent(time, logLevel, category, eventId, formatter(state, exception) ?? "", values, exception));
        }
        catch (Exception fault)
        {
            // The application's own processors log through here, too, and with values of their own.
            line.Bytes.ResetWrittenCount();
            var message = $"A message could not be written: {fault.GetType().Name} came from its values.";
            owner.Format.Write(line, new LogEvent(time, logLevel, category, eventId, message, null, null));
        }

        owner.Sink.Write(line.Bytes.WrittenSpan);
        line.Return();
    }
}
