using Rotel.Memory;
using Rotel.Otlp;

namespace Rotel.Processors.Typed;

/// <content>
/// Who moves the run. It belongs to one thread while its state is even; while it is odd it waits, for a thread or for a call, and belongs
/// to whoever makes the state even: the thread whose call came back, or the timer that gives the call up. A call that comes back and is
/// too late finds another state and touches nothing of the run any more: what it worked on is nobody else's.
/// </content>
internal sealed partial class TypedRun : IThreadPoolWorkItem
{
    /// <summary>In place of a step: waits for a thread.</summary>
    private const int Queued = -1;

    private readonly CancellationToken _cancellationToken;
    private readonly TypedHeaders _headers;
    private readonly TaskCompletionSource<OtlpPayload?> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CancellationTokenRegistration _senderGone;
    private CancellationTokenRegistration _stopping;
    private TypedCallScope _scope;
    private ITimer? _timer;
    private int _timerIsSet;
    private long _state;

    // What is waited for; written before the state becomes odd.
    private int _callStep;
    private long _callStart;
    private TypedThread? _callThread;
    private int _callRound;

    // Why it goes on after it waited.
    private bool _isBack;
    private bool _isGivenUp;
    private Exception? _thrown;

    /// <param name="owner">Whose steps these are.</param>
    /// <param name="payload">The run's until its task ends; when that fails or is cancelled, the caller's again.</param>
    /// <param name="cancellationToken">The sender went away.</param>
    public TypedRun(TypedProcessor owner, OtlpPayload payload, CancellationToken cancellationToken)
    {
        _owner = owner;
        _payload = payload;
        _cancellationToken = cancellationToken;
        _steps = new TypedStepProgress[owner.Steps.Length];
        _output = new PooledBytes(owner.Pool);
        _headers = new TypedHeaders(payload.Metadata);
        _scope = new TypedCallScope(owner, _headers);
    }

    public Task<OtlpPayload?> Start()
    {
        _senderGone = _cancellationToken.UnsafeRegister(static run => ((TypedRun)run!).OnSenderGone(), this);
        _stopping = _owner.Stopping.UnsafeRegister(static run => ((TypedRun)run!).OnStopping(), this);
        QueueOrBreak();
        return _done.Task;
    }

    void IThreadPoolWorkItem.Execute()
    {
        var state = Volatile.Read(ref _state);
        if (!IsWaiting(state) || _callStep != Queued || !TryTake(state))
            return;

        try
        {
            if (_isBack)
                AfterCall(_thrown);
            else if (_isGivenUp)
                Fail(_step, TypedFault.TimeLimit, null);
            (_isBack, _isGivenUp, _thrown) = (false, false, null);
            Advance();
        }
        catch (Exception exception)
        {
            Break(exception);
        }
    }

    private static bool IsWaiting(long state) => (state & 1) != 0;

    /// <summary>Makes the run the caller's if it still waits as it did.</summary>
    private bool TryTake(long state) => Interlocked.CompareExchange(ref _state, state + 1, state) == state;

    /// <summary>Waits for a thread; the run is not the caller's any more.</summary>
    private void Queue()
    {
        _callStep = Queued;
        Interlocked.Increment(ref _state);
        _owner.Threads.Post(this, isBegun: _position > 0);
        SeeStopping();
    }

    /// <summary>Calls the step. False when the run is not the caller's any more: the call waits, or was given up.</summary>
    private bool TryCall(out Exception? thrown)
    {
        var (step, message, scope, charge) = (_step, _message!, _scope, _charge);
        (_callStep, _callStart, _callThread) = (step, _owner.Time.GetTimestamp(), TypedThreads.Current);
        _callRound = _callThread?.Round ?? 0;
        var state = Interlocked.Increment(ref _state);
        thrown = null;
        TypedPendingCall? pending = null;
        try
        {
            WatchCall(step);

            // Whoever stopped before the state was odd has let the run be.
            _owner.Stopping.ThrowIfCancellationRequested();
            var call = _owner.Messages.InvokeAsync(scope.Processor(step), message, scope.Context(step));
            if (call.IsCompleted)
                call.GetAwaiter().GetResult();
            else
                pending = new TypedPendingCall(this, call, step, scope, charge);
        }
        catch (Exception exception)
        {
            thrown = exception;
        }

        var isMine = TryTake(state);
        if (pending is null)
        {
            if (isMine)
                _steps[step].Used += _owner.Time.GetElapsedTime(_callStart);
            else
                OnLate(step, scope, charge);
            return isMine;
        }

        if (isMine)
        {
            // The thread is free for others while the call waits.
            _callThread = null;
            pending.State = Interlocked.Increment(ref _state);
            WatchCall(step);
            SeeStopping();
        }

        pending.Await();
        return false;
    }

    /// <summary>A call that waited is over.</summary>
    public void OnReturned(TypedPendingCall call, Exception? thrown)
    {
        if (!IsWaiting(call.State) || !TryTake(call.State))
        {
            OnLate(call.Step, call.Scope, call.Charge);
            return;
        }

        _steps[call.Step].Used += _owner.Time.GetElapsedTime(_callStart);
        (_isBack, _thrown) = (true, thrown);
        QueueOrBreak();
    }

    /// <summary>A call that was given up is over.</summary>
    private void OnLate(int step, TypedCallScope scope, long charge)
    {
        _owner.Pool.Budget.Release(charge);
        scope.End();
        _owner.Health[step].CallCameBack();
    }

    /// <summary>
    /// Sees to it that the timer fires at the latest when the step's time is over. It is set once for many calls and, when it fires, looks
    /// at the call of that moment; set for no longer than the shortest limit, it is late for none.
    /// </summary>
    private void WatchCall(int step)
    {
        if (Volatile.Read(ref _timerIsSet) == 0)
            SetTimer(TimeLeft(step));
    }

    /// <summary>What the call under way may still take.</summary>
    private TimeSpan TimeLeft(int step) =>
        _owner.Steps[step].Options.TimeLimit - _steps[step].Used - _owner.Time.GetElapsedTime(_callStart);

    private void SetTimer(TimeSpan due)
    {
        if (Interlocked.Exchange(ref _timerIsSet, 1) != 0)
            return;
        if (due > _owner.ShortestTimeLimit)
            due = _owner.ShortestTimeLimit;
        due = due > TimeSpan.Zero ? due : TimeSpan.Zero;
        if (_timer is { } timer)
            timer.Change(due, Timeout.InfiniteTimeSpan);
        else
            _timer = _owner.Time.CreateTimer(static run => ((TypedRun)run!).OnTimer(), this, due, Timeout.InfiniteTimeSpan);
    }

    private void OnTimer()
    {
        // Before the state is read: a call that begins after that sets the timer itself.
        Interlocked.Exchange(ref _timerIsSet, 0);
        var state = Volatile.Read(ref _state);
        var (step, thread, round) = (_callStep, _callThread, _callRound);
        if (!IsWaiting(state) || step == Queued)
            return;

        var left = TimeLeft(step);
        if (left > TimeSpan.Zero)
            SetTimer(left);
        else if (TryTake(state))
            GiveUp(step, thread, round);
    }

    /// <summary>Leaves the call alone with what it has, and lets the run go on without it.</summary>
    private void GiveUp(int step, TypedThread? thread, int round)
    {
        Abandon(step);
        if (_cancellationToken.IsCancellationRequested)
            _scope.Cancel();
        _isGivenUp = true;
        QueueOrBreak();

        // Only now, so that the thread in its place takes this run before one that may hang as well.
        if (thread is not null)
            _owner.Threads.GiveUp(thread, round);
    }

    /// <summary>Parts with a call and what it has: the charge goes with the objects.</summary>
    private void Abandon(int step)
    {
        _owner.Health[step].CallGivenUp();
        Interlocked.Exchange(ref _scope, new TypedCallScope(_owner, _headers)).Cancel();
        _charge = 0;
        _message = null;
    }

    private void OnSenderGone()
    {
        Volatile.Read(ref _scope).Cancel();
        var state = Volatile.Read(ref _state);
        if (IsWaiting(state) && _callStep == Queued && TryTake(state))
            Cancel();
    }

    /// <summary>Ends a run that waits, also for a call: it has its token, and nobody has the time to wait for it.</summary>
    private void OnStopping()
    {
        var state = Volatile.Read(ref _state);
        var step = _callStep;
        if (!IsWaiting(state) || !TryTake(state))
            return;
        if (step != Queued)
            Abandon(step);
        Cancel();
    }

    /// <summary>To be called once the state has become odd, which the stopping may have come before.</summary>
    private void SeeStopping()
    {
        if (_owner.Stopping.IsCancellationRequested)
            OnStopping();
    }

    /// <summary>The payload is the caller's again.</summary>
    private void Cancel()
    {
        End();
        _done.TrySetCanceled(_cancellationToken.IsCancellationRequested ? _cancellationToken : _owner.Stopping);
    }

    private void QueueOrBreak()
    {
        try
        {
            Queue();
        }
        catch (Exception exception)
        {
            Break(exception);
        }
    }

    /// <summary>A defect, or no memory: the payload is the caller's again.</summary>
    private void Break(Exception exception)
    {
        var state = Volatile.Read(ref _state);
        if (IsWaiting(state) && !TryTake(state))
            return;
        End();
        _done.TrySetException(exception);
    }

    /// <summary>Lets go of everything but the payload. The state stays even for good: nobody takes the run again.</summary>
    private void End()
    {
        _timer?.Dispose();
        _senderGone.Unregister();
        _stopping.Unregister();
        _scope.End();
        LetGo();
        _output.Dispose();
        _repaired?.Dispose();
        _repaired = null;
    }
}
