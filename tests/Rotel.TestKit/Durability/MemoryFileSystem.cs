using System.Runtime.InteropServices;
using Rotel.DiskLog;

namespace Rotel.TestKit.Durability;

/// <summary>
/// A file system in memory that knows what is on the device and what only in its cache: <see cref="LosePower"/> takes the latter. A process
/// that dies loses nothing: go on with the same one. Directories are prefixes. Thread-safe.
/// </summary>
internal sealed class MemoryFileSystem : IFileSystem
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, Content> _files = new(StringComparer.Ordinal);
    private readonly HashSet<string> _locked = [];

    /// <summary>The names that are on the device, and what they lead to.</summary>
    private Dictionary<string, Content> _synced = new(StringComparer.Ordinal);

    /// <summary>The files there are, by path.</summary>
    public IReadOnlyList<string> Paths
    {
        get
        {
            lock (_lock)
                return [.. _files.Keys];
        }
    }

    /// <summary>All that was not synced is lost; of each file a part of it may be there all the same, as chance has it.</summary>
    public void LosePower(Random random)
    {
        lock (_lock)
        {
            _files.Clear();
            foreach (var (path, content) in _synced)
            {
                content.LosePower(random);
                _files[path] = content;
            }

            _locked.Clear();
        }
    }

    public byte[] Read(string path)
    {
        lock (_lock)
            return [.. _files[path].Bytes];
    }

    public void Write(string path, byte[] bytes)
    {
        lock (_lock)
            _files[path] = new Content { Bytes = [.. bytes] };
    }

    public string? TryUseDirectory(string path) => null;

    public IReadOnlyList<FileEntry> List(string directory)
    {
        lock (_lock)
        {
            return
            [
                .. _files.Where(file => Path.GetDirectoryName(file.Key) == directory)
                    .Select(file => new FileEntry(Path.GetFileName(file.Key), file.Value.Bytes.Count, true)),
            ];
        }
    }

    public IFile Open(string path, FileUse use)
    {
        lock (_lock)
        {
            if (_files.TryGetValue(path, out var content))
                return use != FileUse.Create ? new Opened(this, content) : throw new IOException($"'{path}' exists.");
            if (use == FileUse.Read)
                throw new FileNotFoundException("There is no such file.", path);
            content = new Content();
            _files[path] = content;
            return new Opened(this, content);
        }
    }

    public void Delete(string path)
    {
        lock (_lock)
            _files.Remove(path);
    }

    public void Rename(string path, string newPath)
    {
        lock (_lock)
        {
            if (!_files.Remove(path, out var content))
                throw new FileNotFoundException("There is no such file.", path);
            _files[newPath] = content;
        }
    }

    public void SyncDirectory(string path)
    {
        lock (_lock)
            _synced = new(_files, StringComparer.Ordinal);
    }

    public IDisposable? TryLock(string path, out string? problem)
    {
        lock (_lock)
        {
            problem = _locked.Add(path) ? null : $"'{path}' is locked";
            return problem is null ? new Held(this, path) : null;
        }
    }

    private sealed class Content
    {
        private byte[] _synced = [];

        public List<byte> Bytes { get; set; } = [];

        public void Sync() => _synced = [.. Bytes];

        public void LosePower(Random random)
        {
            // What was only in the cache: in blocks, some of which made it.
            var bytes = _synced.ToList();
            for (var start = 0; start < Bytes.Count; start += 512)
            {
                if (random.Next(3) != 0)
                    continue;
                for (var i = start; i < Math.Min(start + 512, Bytes.Count); i++)
                {
                    while (bytes.Count <= i)
                        bytes.Add(0);
                    bytes[i] = Bytes[i];
                }
            }

            // What was synced and not written since is as it was.
            for (var i = 0; i < Math.Min(_synced.Length, Bytes.Count); i++)
            {
                if (Bytes[i] == _synced[i])
                    bytes[i] = _synced[i];
            }

            Bytes = bytes;
            Sync();
        }
    }

    private sealed class Opened(MemoryFileSystem files, Content content) : IFile
    {
        public int Read(Span<byte> buffer, long offset)
        {
            lock (files._lock)
            {
                var count = (int)Math.Clamp(content.Bytes.Count - offset, 0, buffer.Length);
                if (count > 0)
                    CollectionsMarshal.AsSpan(content.Bytes).Slice((int)offset, count).CopyTo(buffer);
                return count;
            }
        }

        public long Write(IReadOnlyList<ReadOnlyMemory<byte>> buffers, long offset)
        {
            lock (files._lock)
            {
                var end = offset + buffers.Sum(buffer => (long)buffer.Length);
                if (content.Bytes.Count < end)
                    CollectionsMarshal.SetCount(content.Bytes, (int)end);
                var target = CollectionsMarshal.AsSpan(content.Bytes)[(int)offset..];
                foreach (var buffer in buffers)
                {
                    buffer.Span.CopyTo(target);
                    target = target[buffer.Length..];
                }

                return end - offset;
            }
        }

        public void Sync()
        {
            lock (files._lock)
                content.Sync();
        }

        public void Truncate(long length)
        {
            lock (files._lock)
                CollectionsMarshal.SetCount(content.Bytes, (int)length);
        }

        public void Dispose()
        {
        }
    }

    private sealed class Held(MemoryFileSystem files, string path) : IDisposable
    {
        public void Dispose()
        {
            lock (files._lock)
                files._locked.Remove(path);
        }
    }
}
