using Microsoft.Extensions.Logging;
using Rotel.Batching;
using Rotel.Memory;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.Threading;

namespace Rotel.DeadLetters;

/// <summary>
/// Keeps what destinations refuse for good: takes batches over where they are settled, and writes them on a thread of its own, so that a
/// disk that hangs, is full or cannot be written costs dead letters and nothing else. What waits to be written stays charged to the budget,
/// up to a part of it; what comes then is counted as lost. Thread-safe; never throws.
/// </summary>
internal sealed class DeadLetterStore : IAsyncDisposable
{
    /// <summary>The part of the memory budget that what waits to be written may take.</summary>
    private const int BudgetPart = 8;

    /// <summary>After a failure the disk is left alone for so long, and what comes meanwhile counted as lost.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly Queue<DeadLetter> _waiting = new();
    private readonly long _maxWaitingBytes;
    private readonly DeadLetterDirectory _directory;
    private readonly DeadLetterWriter _writer;
    private readonly DeadLetterLog _log;
    private readonly TimeProvider _time;
    private readonly BackgroundWorkers _thread = new(1);
    private TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _waitingBytes;
    private bool _isWriting;
    private bool _isClosed;

    /// <summary>When it last failed, and how; only on the thread.</summary>
    private (long At, string Problem)? _failure;

    /// <param name="directory">Where the files are; made when the first letter comes.</param>
    /// <param name="maxBytes">What they may take.</param>
    /// <param name="pool">For buffers.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Told what was kept and what was not.</param>
    /// <param name="open">Opens a file to write to; another one is for tests.</param>
    public DeadLetterStore(
        string directory,
        long maxBytes,
        BufferPool pool,
        TimeProvider time,
        ILogger logger,
        Func<string, FileStreamOptions, Stream>? open = null)
    {
        _directory = new DeadLetterDirectory(directory, maxBytes, pool, time, open);
        _writer = new DeadLetterWriter(pool);
        _log = new DeadLetterLog(logger, _directory.Path, time);
        _time = time;
        _maxWaitingBytes = pool.Budget.Limit / BudgetPart;
        _idle.SetResult();
    }

    public DeadLetterLedger Ledger { get; } = new();

    /// <summary>
    /// Takes a batch over that is dropped for this reason; false where it stays the caller's, to be disposed. To be called when the items
    /// have been counted.
    /// </summary>
    /// <remarks>
    /// Kept is what another try would not help, but another configuration, another version of the destination or of Rotel might. Expired
    /// retries are none of that: a destination that is away loses all that is sent to it, which would drive out of the directory what it
    /// is for; a disk queue is against that. Nor is what a full queue or a shutdown drops. Of a batch that was refused in part, nobody says
    /// which part.
    /// </remarks>
    public bool TryTake(OtlpBatch batch, string exporter, DropReason reason, string? message)
    {
        if (reason is not (DropReason.DestinationRejected or DropReason.ItemTooLarge or DropReason.ExporterFault))
            return false;

        var letter = new DeadLetter(batch, exporter, reason, message, _time.GetUtcNow());
        DeadLetterLoss? loss;
        lock (_lock)
        {
            // One larger than all that may wait is taken when none does, so that none is refused for ever.
            loss = _isClosed ? DeadLetterLoss.Stopped
                : _waitingBytes > 0 && _waitingBytes + letter.Charge > _maxWaitingBytes ? DeadLetterLoss.Overload
                : null;
            if (loss is null)
            {
                _waiting.Enqueue(letter);
                _waitingBytes += letter.Charge;
                if (!_isWriting)
                {
                    _isWriting = true;
                    _idle = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                    _thread.Post(WriteWaiting);
                }

                return true;
            }
        }

        Lose(letter, loss.Value, null);
        return false;
    }

    /// <summary>Completes when nothing waits to be written.</summary>
    public Task IdleAsync()
    {
        lock (_lock)
            return _idle.Task;
    }

    /// <summary>
    /// Takes nothing more, and returns when all is written or the deadline has passed; what waits then is counted as lost. Call it when the
    /// queues have settled everything.
    /// </summary>
    public async Task StopAsync(Deadline deadline)
    {
        lock (_lock)
            _isClosed = true;
        await IdleAsync().WaitAsync(deadline.Remaining, _time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        while (TryTakeNext() is { } left)
        {
            Lose(left, DeadLetterLoss.Stopped, null);
            End(left);
        }

        _log.WriteRest();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync(new Deadline(_time, Pause)).ConfigureAwait(false);

        // Behind what the thread may still be at, for as long as the disk hangs.
        _thread.Post(() =>
        {
            _directory.Dispose();
            _writer.Dispose();
        });
        _thread.Dispose();
    }

    private void WriteWaiting()
    {
        while (true)
        {
            while (TryTakeNext() is { } letter)
            {
                Write(letter);
                End(letter);
            }

            // Closed before anybody may begin anew.
            Close();
            lock (_lock)
            {
                if (_waiting.Count > 0)
                    continue;
                _isWriting = false;
                _idle.SetResult();
                return;
            }
        }
    }

    private DeadLetter? TryTakeNext()
    {
        lock (_lock)
            return _waiting.TryDequeue(out var letter) ? letter : null;
    }

    private void End(DeadLetter letter)
    {
        letter.Batch.Dispose();
        lock (_lock)
            _waitingBytes -= letter.Charge;
    }

    private void Write(DeadLetter letter)
    {
        if (_failure is { } failure && _time.GetElapsedTime(failure.At) < Pause)
        {
            Lose(letter, DeadLetterLoss.Unwritable, failure.Problem);
            return;
        }

        try
        {
            using var line = _writer.TryWrite(letter);
            var loss = line is null ? DeadLetterLoss.Unreadable : _directory.TryAppend(line, OnDeleted);
            if (loss is { } reason)
                Lose(letter, reason, null);
            else
                Keep(letter);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _failure = (_time.GetTimestamp(), exception.Message);
            Lose(letter, DeadLetterLoss.Unwritable, exception.Message);
        }
        catch (Exception exception)
        {
            // A form that cannot be turned back after all, or a defect here; neither may end the thread.
            Lose(letter, DeadLetterLoss.Unreadable, exception.GetType().Name);
        }
    }

    private void Close()
    {
        try
        {
            _directory.Close();
        }
        catch (IOException exception)
        {
            _failure = (_time.GetTimestamp(), exception.Message);
        }
    }

    private void Keep(DeadLetter letter)
    {
        _failure = null;
        Ledger.CountKept(letter.Exporter, letter.Batch.Signal, letter.Lost);
        _log.Kept(letter.Lost);
    }

    private void Lose(DeadLetter letter, DeadLetterLoss loss, string? problem)
    {
        Ledger.CountLost(letter.Exporter, letter.Batch.Signal, loss, letter.Lost);
        _log.Lost(loss, letter.Lost, problem);
    }

    private void OnDeleted(string exporter, OtlpSignal signal, long items)
    {
        Ledger.CountLost(exporter, signal, DeadLetterLoss.NoRoom, items);
        _log.Lost(DeadLetterLoss.NoRoom, items, null);
    }
}
