namespace Rotel.Logging;

/// <summary>
/// The file that Rotel's messages are appended to, a whole line with one write, so that several processes may name the same one. It is
/// opened anew now and then, which is how it follows a rotation: when the file was renamed or deleted, the next line makes a new one. What
/// cannot be written is counted, and does not stop who logs.
/// </summary>
internal sealed class LogFile(string path, TimeProvider time) : ILineSink
{
    /// <summary>How often the path is looked at, and only when there is something to write.</summary>
    private static readonly TimeSpan ReopenInterval = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly string _path = Path.GetFullPath(path);
    private AppendFile? _file;
    private long _lookedAt;
    private long _lostSinceSuccess;
    private string? _problem;
    private bool _disposed;

    /// <summary>Told of each message that could not be written. Outside the lock; must not throw.</summary>
    public Action<string>? Failed { get; set; }

    /// <summary>Told how many were lost, and why, when the first one is written again.</summary>
    public Action<long, string>? Recovered { get; set; }

    /// <summary>Messages that could not be written, ever.</summary>
    public long Lost { get; private set; }

    /// <summary>Opens the file, and makes its directory where that is missing; returns what keeps it from that, or null.</summary>
    public string? TryOpen()
    {
        lock (_lock)
            return Open();
    }

    public void Write(ReadOnlySpan<byte> lines)
    {
        string? problem;
        var lost = 0L;
        lock (_lock)
        {
            problem = _disposed ? "it is closed" : Append(lines);
            if (problem is not null)
            {
                Lost++;
                _lostSinceSuccess++;
                _problem = problem;
            }
            else
            {
                (lost, _lostSinceSuccess) = (_lostSinceSuccess, 0);
            }
        }

        try
        {
            if (problem is not null)
                Failed?.Invoke(problem);
            else if (lost > 0)
                Recovered?.Invoke(lost, _problem!);
        }
        catch (Exception)
        {
            // Whoever logs must not pay for a provider of the host's that throws.
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _disposed = true;
            _file?.Dispose();
            _file = null;
        }
    }

    private string? Append(ReadOnlySpan<byte> lines)
    {
        if ((_file is null || time.GetElapsedTime(_lookedAt) >= ReopenInterval) && Open() is { } problem && _file is null)
            return problem;

        // Where the path cannot be opened any more, the file that is still open is better than none.
        return _file!.TryWrite(lines);
    }

    private string? Open()
    {
        _lookedAt = time.GetTimestamp();
        if (AppendFile.TryOpen(_path, out var problem) is not { } opened)
            return problem;
        _file?.Dispose();
        _file = opened;
        return null;
    }
}
