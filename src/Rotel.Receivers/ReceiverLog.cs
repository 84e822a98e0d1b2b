using Microsoft.Extensions.Logging;

namespace Rotel.Receivers;

/// <summary>The log events of receivers; ids from 2001 (see <see cref="Diagnostics.EventIds"/>).</summary>
internal static partial class ReceiverLog
{
    [LoggerMessage(2001, LogLevel.Information, "Receiving {Protocol} on {Endpoints}.")]
    public static partial void Listening(this ILogger logger, string protocol, string endpoints);

    [LoggerMessage(2002, LogLevel.Debug, "Receiver '{Receiver}' refused a request of {Signal} ({Reason}): {Message}")]
    public static partial void RequestRefused(this ILogger logger, string receiver, string signal, string reason, string? message);

    [LoggerMessage(
        2003, LogLevel.Warning, "Receiver '{Receiver}' refused {Requests} requests for the sender to repeat, the last for {Reason}: {Message}")]
    public static partial void RequestsTurnedAway(this ILogger logger, string receiver, long requests, string reason, string? message);

    [LoggerMessage(2004, LogLevel.Error, "A request to the receiver failed unexpectedly.")]
    public static partial void RequestFailed(this ILogger logger, Exception exception);
}
