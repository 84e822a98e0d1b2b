using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Rotel.Kafka.Receiver;

/// <summary>Fails at the first line of each kind it is given: a defect wherever that line is written.</summary>
internal sealed class FailingLogger(ILogger inner, params IEnumerable<int> eventIds) : ILogger
{
    private readonly ConcurrentDictionary<int, bool> _left = new(eventIds.Select(id => KeyValuePair.Create(id, true)));

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId id, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (_left.TryRemove(id.Id, out _))
            throw new InvalidOperationException("The logger fails once.");
        inner.Log(logLevel, id, state, exception, formatter);
    }
}
