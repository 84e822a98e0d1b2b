namespace Rotel.DiskLog;

/// <summary>A reader's file, opened with the first write. One writer at a time.</summary>
internal sealed class PositionFile(string path, IFileSystem files, long generation) : IDisposable
{
    public const string Extension = ".reader";

    private readonly List<ReadOnlyMemory<byte>> _pieces = [];
    private byte[] _slot = new byte[1024];
    private IFile? _file;
    private long _generation = generation;

    public string Path => path;

    public static ReaderPosition? Load(string path, IFileSystem files)
    {
        using var file = files.Open(path, FileUse.Read);
        var bytes = new byte[2 * ReaderPosition.SlotBytes];
        var length = 0;
        while (length < bytes.Length && file.Read(bytes.AsSpan(length), length) is > 0 and var count)
            length += count;
        return ReaderPosition.Read(bytes.AsSpan(0, length));
    }

    /// <summary>False when it could not be written; the one that is there stays valid.</summary>
    public bool TryWrite(ReaderPosition position)
    {
        try
        {
            _file ??= files.Open(path, FileUse.Write);
            var next = position with { Generation = _generation + 1 };
            var length = next.Length;
            if (length > _slot.Length)
                _slot = new byte[ReaderPosition.SlotBytes];
            next.Write(_slot);
            var start = next.Generation % 2 * ReaderPosition.SlotBytes;
            for (var written = 0; written < length;)
            {
                _pieces.Clear();
                _pieces.Add(_slot.AsMemory(written, length - written));
                var count = (int)_file.Write(_pieces, start + written);
                if (count <= 0)
                    return false;
                written += count;
            }

            _generation++;
            return true;
        }
        catch (Exception exception) when (FileFault.IsExpected(exception))
        {
            // What is wrong may be the descriptor.
            Dispose();
            return false;
        }
    }

    public bool TrySync()
    {
        try
        {
            _file?.Sync();
            return true;
        }
        catch (Exception exception) when (FileFault.IsExpected(exception))
        {
            return false;
        }
    }

    public void Dispose()
    {
        _file?.Dispose();
        _file = null;
    }
}
