using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Rotel.TestKit;

/// <summary>Keeps everything that is logged.</summary>
public sealed class LogRecorder : ILoggerProvider
{
    private readonly ConcurrentQueue<LogLine> _lines = new();
    private readonly ChangeSignal _changes = new();

    public IReadOnlyList<LogLine> Lines => [.. _lines];

    public ILogger CreateLogger(string categoryName) => new Recorder(this, categoryName);

    public Task UntilAsync(Func<LogLine, bool> seen, string what, CancellationToken cancellation) => Watchdog.UntilAsync(
        _changes, () => _lines.Any(seen), () => $"{what}; {string.Join('\n', _lines)}", cancellation);

    public void Dispose()
    {
    }

    public sealed record LogLine(string Category, LogLevel Level, int EventId, string Message, string? Exception);

    private sealed class Recorder(LogRecorder owner, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            owner._lines.Enqueue(
                new LogLine(category, logLevel, eventId.Id, formatter(state, exception), exception?.ToString()));
            owner._changes.Pulse();
        }
    }
}
