using Rotel.Batching;
using Rotel.Pipelines;

namespace Rotel.Sharing;

/// <summary>
/// A target and the attempts under way to it. Once it is left, no attempt begins, those under way end by themselves or are cut off, and the
/// target is disposed after the last.
/// </summary>
internal sealed class ForwardRoute(IForwardTarget target)
{
    private readonly CancellationTokenSource _cut = new();
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _attempts;
    private bool _left;
    private long _accepted;
    private long _confirmed;

    /// <summary>Items that the target answered for when it had accepted them, not when they were delivered.</summary>
    public long Accepted => Interlocked.Read(ref _accepted);

    /// <summary>Those of them that no flush has confirmed.</summary>
    public long Unconfirmed => Accepted - Interlocked.Read(ref _confirmed);

    /// <summary>Completes when it was left and its last attempt has ended, so that what the target answered for grows no more.</summary>
    public Task Ended => _ended.Task;

    /// <param name="accepted">What <see cref="Accepted"/> was before a flush that has succeeded; several may overlap.</param>
    public void Confirm(long accepted)
    {
        lock (_lock)
            Interlocked.Exchange(ref _confirmed, Math.Max(_confirmed, accepted));
    }

    /// <summary>One attempt; null when the route was left before it began, or it was cut off.</summary>
    public async ValueTask<ExportOutcome?> TrySendAsync(OtlpBatch batch, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_left)
                return null;
            _attempts++;
        }

        try
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _cut.Token);
            var outcome = await target.SendAsync(batch, either.Token).ConfigureAwait(false);
            if (outcome.Kind == ExportOutcomeKind.Delivered && !batch.IsTracked)
                Interlocked.Add(ref _accepted, batch.ItemCount);
            return outcome;
        }
        catch (OperationCanceledException) when (_cut.IsCancellationRequested)
        {
            return null;
        }
        finally
        {
            EndAttempt();
        }
    }

    /// <param name="cuts">Whether attempts under way are cut off, which may deliver them twice.</param>
    public void Leave(bool cuts)
    {
        bool isLast;
        lock (_lock)
        {
            isLast = !_left && _attempts == 0;
            _left = true;
        }

        if (cuts)
            _ = _cut.CancelAsync();
        if (isLast)
            End();
    }

    private void EndAttempt()
    {
        lock (_lock)
        {
            if (--_attempts > 0 || !_left)
                return;
        }

        End();
    }

    private void End()
    {
        target.Dispose();
        _ended.SetResult();
    }
}
