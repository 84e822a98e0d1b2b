using Rotel.DiskLog;

namespace Rotel.TestKit.Durability;

/// <summary>A file system in which what is asked for can fail, by script or by chance. Thread-safe.</summary>
/// <param name="inner">The real one, or one in memory.</param>
internal sealed class FaultyFileSystem(IFileSystem inner) : IFileSystem
{
    private readonly Lock _lock = new();
    private Func<FileOperation, string, Exception?>? _script;
    private Random? _random;
    private double _probability;
    private bool _isSlow;
    private bool _isDead;
    private long _faults;

    /// <summary>How many operations were made to fail or to do less than asked.</summary>
    public long Faults => Interlocked.Read(ref _faults);

    /// <summary>Writes take this many bytes at most.</summary>
    public int MaxWrite { get; set; } = int.MaxValue;

    /// <summary>Called before each sync, on the thread that syncs: a sync is as slow as this.</summary>
    public Action? BeforeSync { get; set; }

    /// <summary>Called before each opening, writing, renaming and deleting, on the thread that does it and under no lock.</summary>
    public Action<FileOperation, string>? Before { get; set; }

    /// <summary>Whether reading a file up to an offset meets bytes that cannot be read.</summary>
    public Func<string, long, bool>? IsUnreadableUpTo { get; set; }

    /// <summary>What an operation on a path answers instead; null lets it be done.</summary>
    public void Fail(Func<FileOperation, string, Exception?>? script)
    {
        lock (_lock)
            _script = script;
    }

    /// <summary>All operations of a kind fail until <see cref="Heal"/>.</summary>
    public void Fail(FileOperation operation, Func<Exception> fault) => Fail((asked, _) => asked == operation ? fault() : null);

    /// <summary>The next write does this part of what it is asked for, and is the last that is done: a process killed in the middle of it.</summary>
    public double? DieInWrite { get; set; }

    /// <summary>Nothing is done any more, as for a process that is gone.</summary>
    public void Die()
    {
        lock (_lock)
            _isDead = true;
    }

    /// <summary>
    /// Operations but reads fail by chance, with errors of a device or of a full disk, writes after a part of the bytes. Writes and reads do
    /// less than asked.
    /// </summary>
    public void FailByChance(int seed, double probability, bool isSlow = false)
    {
        lock (_lock)
        {
            _random = new Random(seed);
            _probability = probability;
            _isSlow = isSlow;
        }
    }

    public void Heal()
    {
        lock (_lock)
        {
            _script = null;
            _random = null;
            MaxWrite = int.MaxValue;
        }
    }

    public string? TryUseDirectory(string path) => inner.TryUseDirectory(path);

    public IReadOnlyList<FileEntry> List(string directory) => inner.List(directory);

    public IFile Open(string path, FileUse use)
    {
        Before?.Invoke(FileOperation.Open, path);
        ThrowIfFaulty(FileOperation.Open, path);
        return new FaultyFile(this, inner.Open(path, use), path);
    }

    public void Delete(string path)
    {
        Before?.Invoke(FileOperation.Delete, path);
        ThrowIfFaulty(FileOperation.Delete, path);
        inner.Delete(path);
    }

    public void Rename(string path, string newPath)
    {
        Before?.Invoke(FileOperation.Rename, path);
        ThrowIfFaulty(FileOperation.Rename, path);
        inner.Rename(path, newPath);
    }

    public void SyncDirectory(string path)
    {
        ThrowIfFaulty(FileOperation.Sync, path);
        inner.SyncDirectory(path);
    }

    public IDisposable? TryLock(string path, out string? problem) => inner.TryLock(path, out problem);

    private void ThrowIfFaulty(FileOperation operation, string path)
    {
        if (NextFault(operation, path) is { } fault)
            throw fault;
    }

    private Exception? NextFault(FileOperation operation, string path)
    {
        lock (_lock)
        {
            if (_isDead)
                return FileFaults.InputOutput();
            var fault = _script?.Invoke(operation, path);
            if (fault is null && operation != FileOperation.Read && _random?.NextDouble() < _probability)
                fault = _random.Next(2) == 0 ? FileFaults.NoSpace() : FileFaults.InputOutput();
            if (fault is not null)
                Interlocked.Increment(ref _faults);
            return fault;
        }
    }

    private int Chance(int below)
    {
        lock (_lock)
            return _random?.Next(below) ?? below - 1;
    }

    private sealed class FaultyFile(FaultyFileSystem files, IFile inner, string path) : IFile
    {
        public int Read(Span<byte> buffer, long offset)
        {
            files.ThrowIfFaulty(FileOperation.Read, path);
            if (files.IsUnreadableUpTo?.Invoke(path, offset + buffer.Length) == true)
                throw FileFaults.InputOutput();

            // Less than asked for is no fault.
            return inner.Read(files._random is null ? buffer : buffer[..Math.Min(buffer.Length, 1 + files.Chance(buffer.Length + 1))], offset);
        }

        public long Write(IReadOnlyList<ReadOnlyMemory<byte>> buffers, long offset)
        {
            files.Before?.Invoke(FileOperation.Write, path);
            var fault = files.NextFault(FileOperation.Write, path);
            var total = buffers.Sum(buffer => (long)buffer.Length);
            var count = Math.Min(total, files.MaxWrite);
            if (files._random is not null && (fault is not null || files.Chance(4) == 0))
                count = fault is null ? Math.Min(count, 1 + files.Chance((int)total)) : files.Chance((int)total + 1);
            else if (fault is not null)
                count = 0;
            if (files.DieInWrite is { } part && fault is null)
            {
                count = (long)(total * part);
                fault = FileFaults.InputOutput();
                files.Die();
            }

            long written = 0;
            foreach (var buffer in buffers)
            {
                var piece = buffer[..(int)Math.Min(buffer.Length, count - written)];
                if (!piece.IsEmpty)
                    written += inner.Write([piece], offset + written);
            }

            return fault is null ? written : throw fault;
        }

        public void Sync()
        {
            files.BeforeSync?.Invoke();
            if (files._isSlow)
                Thread.Yield();
            files.ThrowIfFaulty(FileOperation.Sync, path);
            inner.Sync();
        }

        public void Truncate(long length)
        {
            files.ThrowIfFaulty(FileOperation.Truncate, path);
            inner.Truncate(length);
        }

        public void Dispose() => inner.Dispose();
    }
}
