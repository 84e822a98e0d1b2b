using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Rotel.Receivers.Server;

/// <summary>
/// What Kestrel logs, so that no client can fill the host's log: what it informs of (a line for each body that was not read, and the
/// like) is for debugging; of its warnings and errors the first is one, and for an interval those of the same kind are for debugging too.
/// </summary>
internal sealed class ServerLogger(ILogger inner, TimeProvider time) : ILogger
{
    private readonly ConcurrentDictionary<int, OncePerInterval> _lines = new();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => inner.BeginScope(state);

    public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel == LogLevel.Information ? LogLevel.Debug : logLevel);

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (logLevel >= LogLevel.Information && !IsOneOfFew(logLevel, eventId))
            logLevel = LogLevel.Debug;
        inner.Log(logLevel, eventId, state, exception, formatter);
    }

    private bool IsOneOfFew(LogLevel level, EventId kind) =>
        level > LogLevel.Information && _lines.GetOrAdd(kind.Id, static (_, time) => new OncePerInterval(time), time).TryTake(out _);
}
