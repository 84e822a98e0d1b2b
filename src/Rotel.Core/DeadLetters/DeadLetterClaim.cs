using Rotel.Memory;

namespace Rotel.DeadLetters;

/// <summary>
/// A file that somebody reads to send what is in it again: nobody else of us has it meanwhile, and it is under another name, so that who
/// wrote it begins another. Whenever the process ends, the file is whole or what was kept of it is.
/// </summary>
internal sealed class DeadLetterClaim : IDisposable
{
    private readonly FileStream _file;

    private DeadLetterClaim(FileStream file, string path) => (_file, Path) = (file, path);

    public string Path { get; }

    public long Length => _file.Length;

    /// <summary>Takes a file; null where somebody has it or it is gone.</summary>
    /// <exception cref="IOException">It cannot be renamed.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be opened or renamed.</exception>
    public static DeadLetterClaim? TryTake(string path)
    {
        if (DeadLetterFiles.TryOpenAlone(path) is not { } file)
            return null;
        try
        {
            // A draft that a killed process left of this file would be in the way.
            var claimed = DeadLetterFiles.Claimed(path);
            File.Delete(DeadLetterFiles.DraftOf(claimed));
            if (claimed != path)
                File.Move(path, claimed);
            return new DeadLetterClaim(file, claimed);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Reads the file from its beginning; to be disposed before this.</summary>
    public DeadLetterLineReader Read(BufferPool pool)
    {
        _file.Position = 0;
        return new DeadLetterLineReader(_file, pool);
    }

    /// <summary>Leaves only these parts in the file, in order; without any it is deleted. Throws what the file system throws.</summary>
    public void Keep(IReadOnlyList<(long Start, long End)> parts)
    {
        if (parts.Count == 0)
        {
            File.Delete(Path);
            return;
        }

        if (parts.Sum(part => part.End - part.Start) == Length)
            return;

        // The draft has no reader yet: it is ours as long as the file is.
        var draft = DeadLetterFiles.DraftOf(Path);
        using (var rest = new FileStream(draft, DeadLetterFiles.ForNew()))
        {
            foreach (var (start, end) in parts)
                Copy(start, end, rest);
            rest.Flush(flushToDisk: true);
        }

        File.Move(draft, Path, overwrite: true);
    }

    public void Dispose() => _file.Dispose();

    private void Copy(long start, long end, FileStream destination)
    {
        Span<byte> block = stackalloc byte[4096];
        for (_file.Position = start; _file.Position < end;)
        {
            var read = _file.Read(block[..(int)Math.Min(block.Length, end - _file.Position)]);
            if (read == 0)
                throw new EndOfStreamException();
            destination.Write(block[..read]);
        }
    }
}
