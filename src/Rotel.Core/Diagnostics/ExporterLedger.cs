using System.Diagnostics.Metrics;
using Rotel.Otlp;
using Rotel.Pipelines;

namespace Rotel.Diagnostics;

/// <summary>
/// What became of the items of one signal that were accepted for one exporter. At rest, accepted = delivered + dropped + kept + what its
/// queue holds, in memory and on disk. Thread-safe; read by the instruments.
/// </summary>
/// <param name="exporter">The exporter's name.</param>
/// <param name="signal">The signal.</param>
/// <param name="attemptDuration">Where the duration of attempts goes.</param>
/// <param name="tags">The attributes of that measurement.</param>
internal sealed class ExporterLedger(
    string exporter, OtlpSignal signal, Histogram<double> attemptDuration, KeyValuePair<string, object?>[] tags)
{
    private readonly long[] _dropped = new long[DropReasons.Count];
    private long _accepted;
    private long _delivered;
    private long _kept;
    private long _failedAttempts;
    private long _lastSuccess;
    private long _lastLoss;
    private LastFailure? _lastFailure;

    public string Exporter { get; } = exporter;

    public OtlpSignal Signal { get; } = signal;

    /// <summary>Items that were accepted for this exporter, those included that its overflow policy then dropped.</summary>
    public long Accepted => Volatile.Read(ref _accepted);

    /// <summary>Items the destination took.</summary>
    public long Delivered => Volatile.Read(ref _delivered);

    /// <summary>Items that a shutdown left on disk for the next start, which counts them as accepted again.</summary>
    public long Kept => Volatile.Read(ref _kept);

    /// <summary>Attempts that did not deliver, retried or not.</summary>
    public long FailedAttempts => Volatile.Read(ref _failedAttempts);

    /// <summary>When the destination last took something, in UTC; null while it never has.</summary>
    public DateTimeOffset? LastSuccess => TimeOf(ref _lastSuccess);

    /// <summary>When items were last dropped, in UTC; null while none were.</summary>
    public DateTimeOffset? LastLoss => TimeOf(ref _lastLoss);

    /// <summary>What went wrong last; null while nothing has.</summary>
    public LastFailure? LastFailure => Volatile.Read(ref _lastFailure);

    /// <summary>Items dropped for any reason.</summary>
    public long TotalDropped
    {
        get
        {
            long total = 0;
            for (var i = 0; i < _dropped.Length; i++)
                total += Volatile.Read(ref _dropped[i]);
            return total;
        }
    }

    /// <summary>Items dropped for one reason.</summary>
    public long Dropped(DropReason reason) => Volatile.Read(ref _dropped[(int)reason]);

    public void CountAccepted(long items) => Interlocked.Add(ref _accepted, items);

    public void CountDelivered(long items) => Interlocked.Add(ref _delivered, items);

    public void CountKept(long items) => Interlocked.Add(ref _kept, items);

    /// <param name="reason">Why.</param>
    /// <param name="items">How many.</param>
    /// <param name="at">When, in UTC.</param>
    public void CountDropped(DropReason reason, long items, DateTimeOffset at)
    {
        Interlocked.Add(ref _dropped[(int)reason], items);
        Volatile.Write(ref _lastLoss, at.UtcTicks);
    }

    /// <summary>Notes how long an attempt took, whatever came of it.</summary>
    public void RecordAttempt(TimeSpan duration)
    {
        if (!attemptDuration.Enabled)
            return;

        try
        {
            attemptDuration.Record(duration.TotalSeconds, tags);
        }
        catch (Exception)
        {
            // A listener of the host's threw; that must not end a delivery.
        }
    }

    /// <summary>Notes what an attempt came to, without allocating where all is well.</summary>
    /// <param name="outcome">Of the attempt.</param>
    /// <param name="at">When it ended, in UTC.</param>
    public void NoteAttempt(in ExportOutcome outcome, DateTimeOffset at)
    {
        if (outcome.Kind == ExportOutcomeKind.Delivered)
        {
            Volatile.Write(ref _lastSuccess, at.UtcTicks);
            if (outcome.RejectedItems > 0)
                NoteFailure(outcome.Message ?? $"the destination refused {outcome.RejectedItems} items of a batch", at);
            return;
        }

        Interlocked.Increment(ref _failedAttempts);
        NoteFailure(outcome.Message, at);
    }

    /// <summary>Notes what went wrong, in an attempt or before one.</summary>
    public void NoteFailure(string? message, DateTimeOffset at) => Volatile.Write(ref _lastFailure, new LastFailure(at, message));

    private static DateTimeOffset? TimeOf(ref long ticks) =>
        Volatile.Read(ref ticks) is var value and > 0 ? new DateTimeOffset(value, TimeSpan.Zero) : null;
}
