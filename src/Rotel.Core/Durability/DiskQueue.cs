using Rotel.DiskLog;
using Rotel.Memory;
using Rotel.Otlp;
using Rotel.Threading;

namespace Rotel.Durability;

/// <summary>
/// The disk queue of one Rotel: a directory, locked against other processes, with a log per signal. Made before it is opened, for the
/// pipelines work from the beginning; until then there is memory only, or, where all is to be written, nothing is accepted. A directory that
/// cannot be used is tried again.
/// </summary>
internal sealed class DiskQueue : IAsyncDisposable
{
    /// <summary>Between two tries to open it: another process may be about to leave it.</summary>
    internal static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(2);

    /// <summary>The oldest is dropped by segments, so that one is to be a small part of all.</summary>
    private const int SegmentsAtMost = 32;
    private const long LargestSegment = 64L << 20;

    private readonly DiskQueueOptions _options;
    private readonly IFileSystem _files;
    private readonly BufferPool _pool;
    private readonly TimeProvider _time;
    private readonly DiskQueueLog _log;
    private readonly BackgroundWorkers _workers = new(1);
    private readonly CancellationTokenSource _closing = new();
    private readonly SignalDiskQueue?[] _signals = new SignalDiskQueue?[OtlpSignals.Count];
    private readonly string _directory;
    private DirectoryLock? _lock;
    private Task _opening = Task.CompletedTask;
    private volatile string? _problem;

    /// <param name="options">Of which <see cref="DiskQueueOptions.IsOn"/> is true.</param>
    /// <param name="files">The file system.</param>
    /// <param name="pool">Where what is read goes.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Where it tells what happens.</param>
    public DiskQueue(DiskQueueOptions options, IFileSystem files, BufferPool pool, TimeProvider time, DiskQueueLog log)
    {
        _options = options;
        _files = files;
        _pool = pool;
        _time = time;
        _log = log;
        _directory = Path.GetFullPath(options.Directory!);
    }

    /// <summary>Those that some exporter has a lane of.</summary>
    public IEnumerable<SignalDiskQueue> Signals => _signals.OfType<SignalDiskQueue>();

    public long MaxBytes => _options.MaxBytes;

    /// <summary>Bytes that were on disk and could not be read.</summary>
    public long DamagedBytes => _log.DamagedBytes;

    /// <summary>Why it does not work, for people; null while it does.</summary>
    public string? Problem => _problem ?? Signals.Select(signal => signal.WriteProblem).FirstOrDefault(problem => problem is not null);

    /// <summary>Adds the lane of an exporter; before it is opened.</summary>
    public DiskLane AddLane(OtlpSignal signal, string exporter)
    {
        var queue = _signals[(int)signal] ??= new SignalDiskQueue(
            signal, _options.Mode == DiskQueueMode.Always, _workers, _pool, _time, _log);
        return queue.AddLane(exporter);
    }

    /// <summary>Opens it, or, where that cannot be, goes on trying in the background.</summary>
    /// <exception cref="IOException">It cannot be opened, and is <see cref="DiskQueueOptions.Required"/>.</exception>
    public async Task OpenAsync(CancellationToken cancellationToken)
    {
        // Asked again after a start that was cut off, it may be open, or on its way.
        if (_opening.IsCompleted && _lock is null)
            _opening = TryOpenAsync();
        await _opening.WaitAsync(cancellationToken).ConfigureAwait(false);
        if (_problem is not { } problem)
            return;
        if (_options.Required)
        {
            throw new IOException(
                $"The disk queue in {_directory} cannot be used: {problem}. Set ROTEL_DISK_QUEUE_DIRECTORY to a directory of this process's "
                    + "own, or ROTEL_DISK_QUEUE_REQUIRED=false to start without it.");
        }

        _log.NotOpened(_directory, problem, RetryInterval);
        _opening = OpenLaterAsync();
    }

    /// <summary>
    /// Rotel stops. Where it is not open, as with who shares another's Rotel, nothing waits for it any more.
    /// </summary>
    public void GiveUp()
    {
        foreach (var signal in Signals)
            signal.GiveUp();
        _pool.Budget.QueueRoom.Pulse();
    }

    /// <summary>Reads nothing more; what is in memory can still be written.</summary>
    public Task StopReplayAsync() => Task.WhenAll(Signals.Select(signal => signal.StopReplayAsync()));

    /// <summary>
    /// Ends it, and lets go of the directory; what is not delivered stays there. Takes as long as the disk does: who has a deadline does not
    /// wait for the end.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        if (_closing.IsCancellationRequested)
            return;
        await _closing.CancelAsync().ConfigureAwait(false);
        await _opening.ConfigureAwait(false);
        foreach (var signal in Signals)
            await signal.CloseAsync().ConfigureAwait(false);

        // For those who wait for the log: it will not come.
        _pool.Budget.QueueRoom.Pulse();
        _lock?.Dispose();
        _workers.Dispose();
    }

    private async Task OpenLaterAsync()
    {
        while (_problem is not null)
        {
            await Task.Delay(RetryInterval, _time, _closing.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (_closing.IsCancellationRequested)
                return;
            await TryOpenAsync().ConfigureAwait(false);
        }
    }

    private async Task TryOpenAsync()
    {
        try
        {
            _problem = await _workers.RunAsync(TryOpen).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            // A defect, which must not keep Rotel from starting.
            _problem = $"it failed unexpectedly: {exception.GetType().Name}, {exception.Message}";
        }

        // For those who wait for the log.
        if (_problem is null)
            _pool.Budget.QueueRoom.Pulse();
    }

    /// <summary>Why it could not be opened; null when it was. On a worker.</summary>
    private string? TryOpen()
    {
        if (DirectoryLock.TryTake(_directory, _files, out var problem) is not { } held)
            return problem;

        var logs = new List<(SignalDiskQueue Signal, SegmentLog Log)>();
        try
        {
            problem = TryOpenLogs(logs);
            if (problem is not null)
                return problem;
            _lock = held;
        }
        finally
        {
            // Whatever happened, who tries again finds nothing open and the directory free.
            if (_lock is null)
            {
                foreach (var (_, log) in logs)
                    log.DisposeAsync().AsTask().GetAwaiter().GetResult();
                held.Dispose();
            }
        }

        foreach (var (signal, log) in logs)
            signal.Open(log);
        _log.Opened(_directory, logs.Sum(opened => opened.Log.Bytes));
        return null;
    }

    private string? TryOpenLogs(List<(SignalDiskQueue Signal, SegmentLog Log)> logs)
    {
        var space = new DiskSpace(_options.MaxBytes);
        foreach (var signal in Signals)
        {
            var readers = signal.Lanes.Select(lane => lane.Exporter).ToArray();
            var opening = SegmentLog.Open(SettingsOf(signal.Signal), readers, space, _files, _time, _pool.Budget.QueueRoom, signal);
            if (opening.Log is not { } log)
                return opening.Problem;
            logs.Add((signal, log));
        }

        return null;
    }

    private LogSettings SettingsOf(OtlpSignal signal) => new(
        Path.Combine(_directory, signal.Name()),
        Math.Min(_options.MaxBytes / SegmentsAtMost, LargestSegment),
        _options.MaxAge,
        _options.Strength == DiskQueueStrength.PowerSafe ? LogStrength.PowerSafe : LogStrength.CrashSafe,
        _options.CommitInterval);
}
