using Microsoft.Extensions.Logging;

namespace Rotel.Logging;

/// <summary>
/// The host's loggers without what <c>log_level</c> leaves out. One that throws loses its line: it must not end what was about to log. The
/// factory behind it stays its owner's.
/// </summary>
internal sealed class LevelFilteredLoggerFactory(ILoggerFactory host, LogLevel level) : ILoggerFactory
{
    public ILogger CreateLogger(string categoryName) => new Filtered(host.CreateLogger(categoryName), level);

    public void AddProvider(ILoggerProvider provider) => host.AddProvider(provider);

    public void Dispose()
    {
    }

    private sealed class Filtered(ILogger inner, LogLevel level) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => inner.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel)
        {
            try
            {
                return logLevel >= level && inner.IsEnabled(logLevel);
            }
            catch (Exception)
            {
                return false;
            }
        }

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel < level)
                return;
            try
            {
                inner.Log(logLevel, eventId, state, exception, formatter);
            }
            catch (Exception)
            {
                // There is no other place to say so.
            }
        }
    }
}
