using Microsoft.Extensions.Logging;

namespace Rotel.Telemetry;

/// <summary>Writes to the host's logger, whatever that makes of it, and the same message to Rotel's own telemetry.</summary>
internal sealed class OwnLogger(ILogger host, string category, OwnMessages messages) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => host.BeginScope(state);

    public bool IsEnabled(LogLevel logLevel) => messages.Take(logLevel) || host.IsEnabled(logLevel);

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        // First, for a logger of the host's may throw.
        if (messages.Take(logLevel))
            messages.Records?.Add(logLevel, category, eventId, formatter(state, exception), state, exception);
        if (host.IsEnabled(logLevel))
            host.Log(logLevel, eventId, state, exception, formatter);
    }
}
