using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Rotel.Diagnostics;

namespace Rotel.Receivers.Server;

/// <summary>
/// What Kestrel logs, so that no client can fill the host's log: what it informs of (a line for each body that was not read, and the
/// like) is for debugging; of its warnings and errors the first is one, and for an interval those of the same kind are for debugging too.
/// Below warnings it loses what Kestrel quotes of a request that it cannot read: a malformed header, or a path, may hold a credential.
/// </summary>
internal sealed class ServerLogger(ILogger inner, TimeProvider time) : ILogger
{
    /// <summary>With these Kestrel's messages begin to quote.</summary>
    private static readonly string[] Quotes = ["'", "\"", ": "];

    private readonly ConcurrentDictionary<int, OncePerInterval> _lines = new();

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => inner.BeginScope(state);

    public bool IsEnabled(LogLevel logLevel) => inner.IsEnabled(logLevel == LogLevel.Information ? LogLevel.Debug : logLevel);

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var isClients = logLevel < LogLevel.Warning;
        if (logLevel >= LogLevel.Information && !IsOneOfFew(logLevel, eventId))
            logLevel = LogLevel.Debug;
        if (exception is null || !isClients)
            inner.Log(logLevel, eventId, state, exception, formatter);
        else if (inner.IsEnabled(logLevel))
            inner.Log(logLevel, eventId, WithoutQuotes(formatter(state, exception), exception), null, static (text, _) => text);
    }

    /// <summary>The text and what the exceptions say, each up to where it begins to quote.</summary>
    private static string WithoutQuotes(string text, Exception exception)
    {
        for (var cause = exception; cause is not null; cause = cause.InnerException)
        {
            var message = WithoutQuotes(cause.Message);
            text = cause.Message.Length == 0 ? text : text.Replace(cause.Message, message, StringComparison.Ordinal);
            text = $"{text} {cause.GetType().Name}: {message}";
        }

        return text;
    }

    private static string WithoutQuotes(string message)
    {
        var quotes = Quotes.Select(quote => message.IndexOf(quote, StringComparison.Ordinal)).Where(index => index >= 0);
        return message[..quotes.Append(message.Length).Min()].TrimEnd();
    }

    private bool IsOneOfFew(LogLevel level, EventId kind) =>
        level > LogLevel.Information && _lines.GetOrAdd(kind.Id, static (_, time) => new OncePerInterval(time), time).TryTake(out _);
}
