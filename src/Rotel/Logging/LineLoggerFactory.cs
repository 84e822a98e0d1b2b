using Microsoft.Extensions.Logging;

namespace Rotel.Logging;

/// <summary>Loggers that write lines to one place.</summary>
/// <param name="sink">Owned by this.</param>
/// <param name="format">How a message looks.</param>
/// <param name="level">The least severe messages that are written.</param>
/// <param name="time">The clock of the lines.</param>
internal sealed class LineLoggerFactory(ILineSink sink, LineFormat format, LogLevel level, TimeProvider time) : ILoggerFactory
{
    public ILineSink Sink => sink;

    public LineFormat Format => format;

    public LogLevel Level => level;

    public TimeProvider Time => time;

    public ILogger CreateLogger(string categoryName) => new LineLogger(categoryName, this);

    public void AddProvider(ILoggerProvider provider) =>
        throw new NotSupportedException("Rotel's own messages go to one place, which its settings name.");

    public void Dispose() => sink.Dispose();
}
