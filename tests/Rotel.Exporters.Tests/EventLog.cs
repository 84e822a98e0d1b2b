using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Rotel.Exporters.Tests;

/// <summary>Everything that was logged, as text with level and exception.</summary>
internal sealed class EventLog : ILogger
{
    public ConcurrentQueue<string> Lines { get; } = [];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Lines.Enqueue($"{logLevel} {eventId.Id} {formatter(state, exception)} {exception}");
}
