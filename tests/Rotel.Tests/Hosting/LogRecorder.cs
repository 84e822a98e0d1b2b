using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Rotel.TestKit;

namespace Rotel.Hosting;

/// <summary>Keeps everything that is logged.</summary>
internal sealed class LogRecorder : ILoggerProvider
{
    private readonly ConcurrentQueue<LogLine> _lines = new();
    private readonly ChangeSignal _changes = new();

    public IReadOnlyList<LogLine> Lines => [.. _lines];

    public ILogger CreateLogger(string categoryName) => new Recorder(this, categoryName);

    public Task UntilAsync(Func<LogLine, bool> seen, string what) => Watchdog.UntilAsync(
        _changes, () => _lines.Any(seen), () => what, TestContext.Current.CancellationToken);

    public void Dispose()
    {
    }

    internal sealed record LogLine(string Category, LogLevel Level, int EventId, string Message);

    private sealed class Recorder(LogRecorder owner, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            owner._lines.Enqueue(new LogLine(category, logLevel, eventId.Id, formatter(state, exception)));
            owner._changes.Pulse();
        }
    }
}
