using Microsoft.Extensions.Logging;
using Rotel.Otlp;
using Rotel.Pipelines;

namespace Rotel.Receivers.Otlp;

/// <summary>
/// What a receiver has to say of refusals. A sender's mistake is its own: debug. Refusals for lack of room are a warning, for most senders
/// do not repeat them: the first at once, then at most one line per interval, with the number of those in between.
/// </summary>
internal sealed class RefusalLog(ILogger logger, string receiver, TimeProvider time)
{
    /// <summary>How often a warning is written at most.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private long _lastWarning;
    private long _unwritten;

    public void Note(OtlpSignal signal, RefusalReason reason, string? message)
    {
        logger.RequestRefused(receiver, signal.Name(), reason.Name(), message);
        if (!reason.IsRetryable())
            return;

        long requests;
        lock (_lock)
        {
            _unwritten++;
            var now = time.GetTimestamp();
            if (_lastWarning != 0 && time.GetElapsedTime(_lastWarning, now) < Interval)
                return;
            _lastWarning = now;
            (requests, _unwritten) = (_unwritten, 0);
        }

        logger.RequestsTurnedAway(receiver, requests, reason.Name(), message);
    }

    /// <summary>Writes what is left.</summary>
    public void Close()
    {
        long requests;
        lock (_lock)
            (requests, _unwritten) = (_unwritten, 0);
        if (requests > 0)
            logger.RequestsTurnedAway(receiver, requests, RefusalReason.Busy.Name(), "the receiver has stopped");
    }
}
