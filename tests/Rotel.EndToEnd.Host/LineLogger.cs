using Microsoft.Extensions.Logging;

namespace Rotel.EndToEnd;

/// <summary>Writes each message as a line of output before it goes on, so that none is lost when the process ends.</summary>
internal sealed class LineLogger : ILoggerProvider, ILogger
{
    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Console.WriteLine($"{logLevel}: {formatter(state, exception)}");

    public void Dispose()
    {
    }
}
