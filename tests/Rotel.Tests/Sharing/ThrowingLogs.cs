using Microsoft.Extensions.Logging;

namespace Rotel.Sharing;

/// <summary>A host's log that is broken: each line of Rotel's throws.</summary>
internal sealed class ThrowingLogs : ILoggerProvider, ILogger
{
    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        throw new InvalidOperationException("The log is broken.");

    public void Dispose()
    {
    }
}
