using System.Globalization;
using Rotel.Memory;

namespace Rotel.Exporters.File;

/// <summary>
/// A file that lines are appended to, and that is renamed when it is full or old. Whatever fails leaves whole lines behind: the next append
/// starts anew from the disk.
/// </summary>
internal sealed class RollingFile : IAsyncDisposable
{
    private const string TimeFormat = "yyyyMMdd'T'HHmmssfff'Z'";

    /// <summary>Of <c>20260301T120000000Z</c>.</summary>
    private const int RolledTimeLength = 19;

    /// <summary>The smallest difference between two rolled names.</summary>
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);

    /// <summary>
    /// Others may read, nobody else may write: two writers would overwrite each other's lines. On Unix only "none" takes the exclusive,
    /// advisory lock, which keeps out another Rotel and does not keep out readers that take no locks, such as tail or a collector.
    /// </summary>
    private static readonly FileShare OneWriter = OperatingSystem.IsWindows() ? FileShare.Read | FileShare.Delete : FileShare.None;

    private readonly SemaphoreSlim _turn = new(1);
    private readonly string _directory;
    private readonly string _name;
    private readonly string _extension;
    private readonly long _maxSize;
    private readonly TimeSpan _maxAge;
    private readonly int _maxFiles;
    private readonly TimeProvider _time;
    private FileStream? _stream;
    private DateTimeOffset _begun;
    private DateTimeOffset _lastRoll;

    /// <summary>The options are valid. What the disk refuses here it refuses again, in an answer, when a line is written.</summary>
    public RollingFile(FileExporterOptions options, TimeProvider time)
    {
        Path = System.IO.Path.GetFullPath(options.Path);
        _directory = System.IO.Path.GetDirectoryName(Path)!;
        _name = System.IO.Path.GetFileNameWithoutExtension(Path);
        _extension = System.IO.Path.GetExtension(Path);
        _maxSize = options.MaxFileSize;
        _maxAge = options.MaxFileAge;
        _maxFiles = options.MaxFiles;
        _time = time;
        try
        {
            Directory.CreateDirectory(_directory);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The first append reports it.
        }
    }

    /// <summary>The file that is being written, with its directory.</summary>
    public string Path { get; }

    /// <summary>Appends a line; throws what the file system throws, and has then written nothing.</summary>
    public async ValueTask AppendAsync(PooledSegments line, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var stream = await OpenAsync(cancellationToken).ConfigureAwait(false);
            if (IsFull(stream, line.Length))
            {
                await CloseAsync().ConfigureAwait(false);
                Roll();
                stream = await OpenAsync(cancellationToken).ConfigureAwait(false);
            }

            await WriteAsync(stream, line, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await CloseAsync().ConfigureAwait(false);
        _turn.Dispose();
    }

    private bool IsFull(FileStream stream, long lineLength) =>
        stream.Length > 0 && (stream.Length + lineLength > _maxSize || _time.GetUtcNow() - _begun >= _maxAge);

    private async ValueTask WriteAsync(FileStream stream, PooledSegments line, CancellationToken cancellationToken)
    {
        var before = stream.Length;
        try
        {
            for (var i = 0; i < line.SegmentCount; i++)
                await stream.WriteAsync(line[i], cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await TakeBackAsync(stream, before).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Removes half a line, as a full disk leaves it.</summary>
    private async ValueTask TakeBackAsync(FileStream stream, long length)
    {
        try
        {
            stream.SetLength(length);
        }
        catch (IOException)
        {
            // Opening the file again ends the half line.
        }

        await CloseAsync().ConfigureAwait(false);
    }

    private async ValueTask<FileStream> OpenAsync(CancellationToken cancellationToken)
    {
        if (_stream is not null)
            return _stream;

        Directory.CreateDirectory(_directory);
        var stream = new FileStream(
            Path, FileMode.OpenOrCreate, FileAccess.ReadWrite, OneWriter, bufferSize: 0, FileOptions.Asynchronous);
        try
        {
            _begun = stream.Length == 0 ? _time.GetUtcNow() : System.IO.File.GetCreationTimeUtc(Path);
            await EndHalfLineAsync(stream, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw;
        }

        return _stream = stream;
    }

    /// <summary>A process that was killed can leave half a line; it stays, but must not swallow the next.</summary>
    private static async ValueTask EndHalfLineAsync(FileStream stream, CancellationToken cancellationToken)
    {
        if (stream.Length == 0)
            return;

        var last = new byte[1];
        stream.Seek(-1, SeekOrigin.End);
        await stream.ReadExactlyAsync(last, cancellationToken).ConfigureAwait(false);
        if (last[0] != (byte)'\n')
            await stream.WriteAsync("\n"u8.ToArray(), cancellationToken).ConfigureAwait(false);
    }

    private async ValueTask CloseAsync()
    {
        if (_stream is not { } stream)
            return;
        _stream = null;
        await stream.DisposeAsync().ConfigureAwait(false);
    }

    private void Roll()
    {
        // Names sort in the order of rolling, however fast that is and whatever the clock does meanwhile.
        var moment = _time.GetUtcNow();
        if (moment < _lastRoll + Tick)
            moment = _lastRoll + Tick;
        while (System.IO.File.Exists(RolledPath(moment)))
            moment += Tick;
        System.IO.File.Move(Path, RolledPath(moment));
        _lastRoll = moment;
        DeleteOldest();
    }

    private string RolledPath(DateTimeOffset moment) => System.IO.Path.Combine(
        _directory, $"{_name}-{moment.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture)}{_extension}");

    private void DeleteOldest()
    {
        var rolled = Directory.EnumerateFiles(_directory).Where(IsRolled).Order(StringComparer.Ordinal).ToArray();
        foreach (var path in rolled.SkipLast(_maxFiles))
        {
            try
            {
                System.IO.File.Delete(path);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // Somebody may be reading it; the next roll tries again.
            }
        }
    }

    /// <summary>Only names that we give: a user's own files stay.</summary>
    private bool IsRolled(string path)
    {
        var name = System.IO.Path.GetFileName(path.AsSpan());
        return name.Length == _name.Length + 1 + RolledTimeLength + _extension.Length
            && name.StartsWith(_name, StringComparison.Ordinal)
            && name[_name.Length] == '-'
            && name.EndsWith(_extension, StringComparison.Ordinal)
            && DateTime.TryParseExact(
                name.Slice(_name.Length + 1, RolledTimeLength), TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out _);
    }
}
