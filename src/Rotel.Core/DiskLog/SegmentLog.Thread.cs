namespace Rotel.DiskLog;

/// <content>The log's own thread: syncs, what is to be dropped, and the queue where a caller has done enough for others.</content>
internal sealed partial class SegmentLog
{
    private Thread? _thread;
    private Duties _duties;
    private List<TaskCompletionSource> _waitingForRest = [];

    /// <summary>The leader has left to the thread what is queued.</summary>
    private bool _isHanded;

    /// <summary>The thread wants to lead before anybody else does.</summary>
    private bool _threadWaits;

    /// <summary>The thread has duties to do and would not lead soon. Under the gate.</summary>
    private bool _threadIsBusy;

    /// <summary>Touched by the thread alone.</summary>
    private bool _threadLeads;

    [Flags]
    private enum Duties
    {
        None = 0,
        Commit = 1,
        Reclaim = 2,
        Maintain = 4,
        Close = 8,
        Probe = 16,
    }

    /// <summary>Completes when the thread has done all that it had to when this was called.</summary>
    public Task RestAsync()
    {
        var rest = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_closed.Task.IsCompleted)
                return Task.CompletedTask;
            _waitingForRest.Add(rest);
            WakeThread();
        }

        return rest.Task;
    }

    /// <summary>Has the thread do something; from anywhere, also under a lock of a reader.</summary>
    private void Demand(Duties duties)
    {
        lock (_gate)
        {
            if (_closed.Task.IsCompleted)
                return;
            _duties |= duties;
            WakeThread();
        }
    }

    /// <summary>Under the gate.</summary>
    private void WakeThread()
    {
        if (_thread is null)
        {
            _thread = new Thread(Run) { IsBackground = true, Name = "Rotel disk log" };
            _thread.UnsafeStart();
        }

        // The thread is the only one that waits on the gate.
        Monitor.Pulse(_gate);
    }

    private void Run()
    {
        while (true)
        {
            Duties duties;
            List<TaskCompletionSource> waiting;
            lock (_gate)
            {
                while (_duties == Duties.None && !_isHanded && _waitingForRest.Count == 0)
                {
                    _threadIsBusy = false;
                    Monitor.Wait(_gate);
                }

                _threadIsBusy = true;
                (waiting, _waitingForRest) = (_waitingForRest, []);
                duties = _duties;
                _duties = Duties.None;
                if (_isHanded)
                {
                    _isHanded = false;
                    _threadLeads = true;
                }
            }

            if (_threadLeads)
                StopLeading();
            if (duties.HasFlag(Duties.Commit))
                Survive(Commit);
            if (duties.HasFlag(Duties.Maintain))
                Survive(Maintain);
            if (duties.HasFlag(Duties.Reclaim))
                Survive(() => DropFinished());
            if (duties.HasFlag(Duties.Probe))
                Survive(Probe);
            if (duties.HasFlag(Duties.Close))
            {
                Survive(Close);
                lock (_gate)
                {
                    _closed.TrySetResult();
                    waiting.AddRange(_waitingForRest);
                }
            }

            foreach (var rest in waiting)
                rest.TrySetResult();
            if (duties.HasFlag(Duties.Close))
                return;
        }
    }

    private void Survive(Action duty)
    {
        try
        {
            duty();
        }
        catch (Exception)
        {
            // A defect of this duty, or of whom it reported to; others must still be done, above all the closing.
            if (_threadLeads)
                StopLeading();
        }
    }

    /// <summary>
    /// Waits until the thread leads; it does not wait long, for who leads only writes. False when it did already: then somebody further up
    /// will stop it.
    /// </summary>
    private bool StartLeading()
    {
        if (_threadLeads)
            return false;
        lock (_gate)
        {
            if (_isLed)
            {
                _threadWaits = true;
                while (!_isHanded)
                    Monitor.Wait(_gate);
                _threadWaits = false;
                _isHanded = false;
            }

            _isLed = true;
            _threadLeads = true;
        }

        return true;
    }

    /// <summary>The same unless somebody else leads.</summary>
    private bool TryStartLeading()
    {
        lock (_gate)
        {
            if (_isLed)
                return false;
            _isLed = true;
            _threadLeads = true;
            return true;
        }
    }

    /// <summary>Writes what is queued, then lets others lead.</summary>
    private void StopLeading()
    {
        while (TryTakeQueue(orStop: true))
            WriteBatch();
    }

    private bool TryTakeQueue(bool orStop)
    {
        lock (_gate)
        {
            if (_queue.Count > 0)
            {
                (_batch, _queue) = (_queue, _batch);
                return true;
            }

            if (orStop)
            {
                _threadLeads = false;
                _isLed = false;
            }

            return false;
        }
    }

    /// <summary>Nothing is appended any more: what was is written, synced, and all is closed.</summary>
    private void Close()
    {
        StartLeading();
        while (TryTakeQueue(orStop: false))
            WriteBatch();
        Retire();
        if (IsPowerSafe)
            Survive(Commit);
        Survive(TakeBackTail);
        _failingTimer.Dispose();
        _commitTimer.Dispose();
        _maintenanceTimer.Dispose();
        DropFinished();
        DropAllReusable();
        foreach (var reader in _allReaders)
        {
            reader.SaveOnly();
            if (IsPowerSafe)
                reader.TrySync();
            reader.Close();
        }

        _space.Leave(this, Bytes);
    }
}
