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
        2003,
        LogLevel.Warning,
        "Receiver '{Receiver}' refused {Requests} requests for the sender to repeat, the last for {Reason}: {Message}")]
    public static partial void RequestsTurnedAway(this ILogger logger, string receiver, long requests, string reason, string? message);

    [LoggerMessage(2004, LogLevel.Error, "{Requests} requests to the receivers failed unexpectedly, the last of them like this.")]
    public static partial void RequestsFailed(this ILogger logger, Exception exception, long requests);

    [LoggerMessage(
        EventId = 2005, Message = "Receiver '{Receiver}' refused {Connections} connections ({Reason}), the last from {Remote}: {Problem}.")]
    public static partial void ConnectionsRefused(
        this ILogger logger, LogLevel level, string receiver, long connections, string reason, string remote, string problem);

    [LoggerMessage(
        2006,
        LogLevel.Warning,
        "Refused {Requests} requests without credentials that are right, the last from {Remote} to receiver '{Receiver}' with {Problem}.")]
    public static partial void RequestsUnauthenticated(this ILogger logger, long requests, string remote, string receiver, string problem);

    [LoggerMessage(
        2007,
        LogLevel.Warning,
        "{Protocol} is received on {Endpoints}, which other machines may reach, {Lack}; see otlp_tls_cert_file, otlp_bearer_token and their"
        + " like, or listen on localhost.")]
    public static partial void ListensOpenly(this ILogger logger, string protocol, string endpoints, string lack);

    [LoggerMessage(
        2008,
        LogLevel.Information,
        "Closed {Connections} connections to the port of the shared agent that did not show in time that they know its token.")]
    public static partial void StrangersRefused(this ILogger logger, long connections);
}
