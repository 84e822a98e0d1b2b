using Microsoft.Extensions.Logging;
using Rotel.Diagnostics;
using Rotel.Otlp;
using Rotel.Pipelines;

namespace Rotel.Receivers.Otlp;

/// <summary>
/// What a receiver has to say of refusals. A sender's mistake is its own: debug. Refusals for lack of room are a warning, for most senders
/// do not repeat them: the first at once, then at most one line per interval, with the number of those in between.
/// </summary>
internal sealed class RefusalLog(ILogger logger, string receiver, TimeProvider time)
{
    private readonly OncePerInterval _warnings = new(time);

    /// <summary>The receiver's name in metrics and logs.</summary>
    public string Receiver => receiver;

    public void Note(OtlpSignal signal, RefusalReason reason, string? message)
    {
        logger.RequestRefused(receiver, signal.Name(), reason.Name(), message);
        if (reason.IsRetryable() && _warnings.TryTake(out var requests))
            logger.RequestsTurnedAway(receiver, requests, reason.Name(), message);
    }

    /// <summary>Writes what is left.</summary>
    public void Close()
    {
        if (_warnings.TakeRest() is var requests and > 0)
            logger.RequestsTurnedAway(receiver, requests, RefusalReason.Busy.Name(), "the receiver has stopped");
    }
}
