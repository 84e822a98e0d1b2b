using Microsoft.Extensions.Logging;
using Rotel.TestKit;

namespace Rotel.Engine;

/// <summary>A logger that remembers what was written, and does what the test says when something is.</summary>
internal sealed class ScriptedLogger(Action<string>? onWrite = null) : ILogger
{
    private readonly Lock _lock = new();
    private readonly List<(EventId Id, string Text)> _entries = [];

    public ChangeSignal Changes { get; } = new();

    public IReadOnlyList<(EventId Id, string Text)> Entries
    {
        get
        {
            lock (_lock)
                return [.. _entries];
        }
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var text = formatter(state, exception);
        lock (_lock)
            _entries.Add((eventId, text));
        Changes.Pulse();
        onWrite?.Invoke(text);
    }

    public Task UntilAsync(Func<IReadOnlyList<(EventId Id, string Text)>, bool> condition) => Watchdog.UntilAsync(
        Changes, () => condition(Entries), () => string.Join('\n', Entries), TestContext.Current.CancellationToken);
}
