namespace Rotel.DiskLog;

/// <content>Power-safe: what is written waits for a sync on the log's thread, which all that came meanwhile share.</content>
internal sealed partial class SegmentLog
{
    private readonly ITimer _commitTimer;

    /// <summary>Of the leader, while it hands over.</summary>
    private readonly List<PendingAppend> _written = [];

    /// <summary>Sealed and to be closed after the next sync. Under the gate, as the rest.</summary>
    private readonly List<IFile> _sealedFiles = [];
    private List<PendingAppend> _unsynced = [];
    private IFile? _fileToSync;
    private bool _isDirectoryToSync;
    private bool _isCommitDue;

    /// <summary>How often it had failed when the last of them was written.</summary>
    private long _failuresBefore;

    /// <summary>
    /// Of the leader: what it has written of the batch waits, what was refused is answered. The first that waits begins the interval. What
    /// was handed to the thread may be in other use at once.
    /// </summary>
    private void AwaitSync(int until)
    {
        for (var i = _done; i < until; i++)
        {
            if (_batch[i].Segment is null)
                _batch[i].Complete(new(_batch[i].Refusal, 0));
            else
                _written.Add(_batch[i]);
        }

        _done = until;
        if (_written.Count == 0)
            return;

        bool begins;
        lock (_gate)
        {
            _unsynced.AddRange(_written);
            _fileToSync = _file;
            _failuresBefore = _failures;
            begins = !_isCommitDue;
            _isCommitDue = true;
        }

        _written.Clear();
        if (begins && _settings.CommitInterval > TimeSpan.Zero)
            _commitTimer.Change(_settings.CommitInterval, Timeout.InfiniteTimeSpan);
        else if (begins)
            Demand(Duties.Commit);
    }

    /// <summary>Of the leader: a file that is not written to any more.</summary>
    private void SyncAndClose(IFile file)
    {
        lock (_gate)
        {
            _sealedFiles.Add(file);
            if (_fileToSync == file)
                _fileToSync = null;
        }
    }

    /// <summary>Of the thread. Who appends meanwhile waits for the next one.</summary>
    private void Commit()
    {
        List<PendingAppend> appends;
        List<IFile> sealedFiles;
        IFile? file;
        bool directory;
        long failures;
        lock (_gate)
        {
            appends = _unsynced;
            _unsynced = [];
            sealedFiles = [.. _sealedFiles];
            _sealedFiles.Clear();
            file = _fileToSync;
            _fileToSync = null;
            directory = _isDirectoryToSync;
            _isDirectoryToSync = false;
            _isCommitDue = false;
            failures = _failuresBefore;
        }

        try
        {
            foreach (var other in sealedFiles)
                other.Sync();
            file?.Sync();
            if (directory)
                _files.SyncDirectory(_settings.Directory);
        }
        catch (Exception exception)
        {
            // Whatever it was: nobody knows what is on the device now.
            FailCommit(appends, exception);
            appends = [];
        }

        var answered = 0;
        try
        {
            foreach (var other in sealedFiles)
                other.Dispose();
            if (appends.Count == 0)
                return;

            Publish(appends, 0, appends.Count);
            if (_isFailing)
                SetRecovered(failures);
            for (; answered < appends.Count; answered++)
                appends[answered].Complete(new(AppendOutcome.Written, appends[answered].Header.Sequence));
        }
        finally
        {
            // After a defect: whoever waits would wait forever.
            for (; answered < appends.Count; answered++)
                appends[answered].Complete(new(AppendOutcome.Unwritable, 0));
        }
    }

    /// <summary>
    /// After a failed sync the system may have forgotten what it could not write: nothing that was not confirmed counts, and what comes next
    /// begins a segment of its own, by which what is left of it is known to be nothing.
    /// </summary>
    private void FailCommit(List<PendingAppend> appends, Exception exception)
    {
        var isLeading = StartLeading();
        List<IFile> sealedFiles;
        lock (_gate)
        {
            appends.AddRange(_unsynced);
            _unsynced.Clear();
            sealedFiles = [.. _sealedFiles];
            _sealedFiles.Clear();
            _fileToSync = null;
            _isDirectoryToSync = true;
            _isCommitDue = false;
        }

        var outcome = FileFault.OutcomeOf(exception);
        try
        {
            foreach (var file in sealedFiles)
                file.Dispose();
            Retire(isLost: true);
            TakeBackUnconfirmed();
            SetFailing(outcome, exception.Message, isGated: true);
        }
        finally
        {
            foreach (var append in appends)
                append.Complete(new(outcome, 0));
        }

        if (isLeading)
            StopLeading();
    }
}
