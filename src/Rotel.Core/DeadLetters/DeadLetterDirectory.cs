using Rotel.Memory;
using Rotel.Otlp;

namespace Rotel.DeadLetters;

/// <summary>
/// Appends lines to files of a directory, and deletes the oldest files for new ones. A file is open only while there is something to write,
/// so that <c>rotel replay</c> can take it in between. Not thread-safe.
/// </summary>
/// <param name="path">Of the directory.</param>
/// <param name="maxBytes">What all files in it may take.</param>
/// <param name="pool">For what is read.</param>
/// <param name="time">Names the files.</param>
/// <param name="open">Opens a file to write to; another one is for tests.</param>
internal sealed class DeadLetterDirectory(
    string path, long maxBytes, BufferPool pool, TimeProvider time, Func<string, FileStreamOptions, Stream>? open = null) : IDisposable
{
    private const long MostFileBytes = 8 << 20;

    /// <summary>What even an empty file takes on most disks; without it, files of one line each could become very many.</summary>
    private const long LeastFileBytes = 4096;

    private readonly Func<string, FileStreamOptions, Stream> _open = open ?? (static (path, options) => new FileStream(path, options));
    private Stream? _stream;
    private string? _current;

    public string Path { get; } = System.IO.Path.GetFullPath(path);

    /// <summary>When a file is full.</summary>
    private long FileBytes { get; } = Math.Clamp(maxBytes / 8, LeastFileBytes, MostFileBytes);

    /// <summary>
    /// Appends a line; null when it is written, or why it is not. Throws what the file system throws, and has then written nothing that
    /// could be taken for a line.
    /// </summary>
    /// <param name="line">With its end; the caller's.</param>
    /// <param name="deleted">Told of what was deleted to make room.</param>
    public DeadLetterLoss? TryAppend(PooledSegments line, Action<string, OtlpSignal, long> deleted)
    {
        if (line.Length > maxBytes)
            return DeadLetterLoss.TooLarge;

        _stream ??= TryReopen();
        if (_stream is { Length: > 0 } full && full.Length + line.Length > FileBytes)
            Forget();
        if (_stream is null && !TryCreate(Math.Max(FileBytes, line.Length), deleted))
            return DeadLetterLoss.NoRoom;
        Write(_stream!, line);
        return null;
    }

    /// <summary>Lets others have the file until there is more to write.</summary>
    public void Close()
    {
        _stream?.Dispose();
        _stream = null;
    }

    public void Dispose() => Close();

    private void Forget()
    {
        Close();
        _current = null;
    }

    private void Write(Stream stream, PooledSegments line)
    {
        var before = stream.Length;
        stream.Position = before;
        try
        {
            for (var i = 0; i < line.SegmentCount; i++)
                stream.Write(line[i].Span);
        }
        catch
        {
            // Half a line, as a full disk leaves it, goes; where even that fails, the next line begins in another file.
            try
            {
                stream.SetLength(before);
            }
            catch (IOException)
            {
                _current = null;
            }

            Close();
            throw;
        }
    }

    /// <summary>The file of before, unless somebody has or had it.</summary>
    private Stream? TryReopen()
    {
        if (_current is not { } known)
            return null;
        try
        {
            var stream = _open(known, DeadLetterFiles.ForAppending());
            if (DeadLetterFiles.IsThere(known))
                return stream;
            stream.Dispose();
        }
        catch (IOException)
        {
            // Taken or gone: there will be another.
        }

        _current = null;
        return null;
    }

    private bool TryCreate(long needed, Action<string, OtlpSignal, long> deleted)
    {
        DeadLetterFiles.Prepare(Path);
        if (!TryMakeRoom(needed, deleted))
            return false;
        var created = System.IO.Path.Combine(Path, DeadLetterFiles.NewName(time.GetUtcNow()));
        _stream = _open(created, DeadLetterFiles.ForNew());
        _current = created;
        return true;
    }

    private bool TryMakeRoom(long needed, Action<string, OtlpSignal, long> deleted)
    {
        DeadLetterFiles.DeleteOrphans(Path);
        var files = DeadLetterFiles.Find(Path);
        var used = files.Sum(Taken);
        foreach (var file in files)
        {
            if (used + needed <= maxBytes)
                break;
            if (TryDelete(file.FullName, deleted))
                used -= Taken(file);
        }

        return used + needed <= maxBytes;
    }

    private static long Taken(FileInfo file) => Math.Max(file.Length, LeastFileBytes);

    /// <summary>Deletes a file that nobody has open, after looking what is lost with it.</summary>
    private bool TryDelete(string file, Action<string, OtlpSignal, long> deleted)
    {
        using var stream = DeadLetterFiles.TryOpenAlone(file);
        if (stream is null)
            return false;
        var counts = DeadLetterScan.CountItems(stream, pool);
        File.Delete(file);
        foreach (var ((exporter, signal), items) in counts)
            deleted(exporter, signal, items);
        return true;
    }
}
