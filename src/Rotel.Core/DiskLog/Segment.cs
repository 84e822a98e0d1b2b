using System.Globalization;

namespace Rotel.DiskLog;

/// <summary>A segment file as the log knows it. The last of the list may be written to, the others are sealed.</summary>
internal sealed class Segment(string path, SegmentHeader header, IReadOnlyDictionary<string, int> readers)
{
    public const string Extension = ".segment";

    /// <summary>Of a file that nothing in counts any more.</summary>
    public const string FinishedExtension = ".finished";

    private readonly HashSet<long> _reported = [];
    private readonly Lock _fate = new();
    private long _published;
    private long _bytes;
    private long _lastAt;
    private long _end;
    private volatile bool _isSealed;
    private volatile bool _isDropped;

    public string Path => path;

    /// <summary>Where the file is once it is dropped and kept.</summary>
    public string FinishedPath { get; } = System.IO.Path.ChangeExtension(path, FinishedExtension);

    /// <summary>Sequence of its first record.</summary>
    public long First => header.First;

    public long CreatedAt => header.CreatedAt;

    public uint Salt => header.Salt;

    /// <summary>Where its first record's header is placed; 0 where its own header is damaged and nobody knows.</summary>
    public long FirstRecordAt => header.FirstRecordAt;

    /// <inheritdoc cref="SegmentHeader.InheritedBytes"/>
    public long InheritedBytes => header.InheritedBytes;

    /// <summary>The bits of the readers, by their keys, when it was begun.</summary>
    public IReadOnlyDictionary<string, int> Readers => readers;

    /// <summary>Nothing before has to be written, nothing from here on may be read.</summary>
    public long Published
    {
        get => Volatile.Read(ref _published);
        set => Volatile.Write(ref _published, value);
    }

    /// <summary>What it takes of the cap.</summary>
    public long Bytes
    {
        get => Volatile.Read(ref _bytes);
        set => Volatile.Write(ref _bytes, value);
    }

    /// <summary>Nothing in it was appended later; unix milliseconds.</summary>
    public long LastAt
    {
        get => Volatile.Read(ref _lastAt);
        set => Volatile.Write(ref _lastAt, value);
    }

    /// <summary>Nothing is appended any more, and <see cref="End"/> holds.</summary>
    public bool IsSealed => _isSealed;

    /// <summary>Of a sealed one: the sequence after its last.</summary>
    public long End => Volatile.Read(ref _end);

    /// <summary>The file is gone, and what was in it is finished or about to be.</summary>
    public bool IsDropped => _isDropped;

    public static string NameOf(long first, uint salt) =>
        string.Create(CultureInfo.InvariantCulture, $"{first:x16}-{salt:x8}{Extension}");

    /// <summary>What a name tells of a segment whose header cannot.</summary>
    public static bool TryParseName(string name, out long first, out uint salt)
    {
        first = 0;
        salt = 0;
        return name.Length == 25 + Extension.Length && name[16] == '-' && name.EndsWith(Extension, StringComparison.Ordinal)
            && long.TryParse(name.AsSpan(0, 16), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out first)
            && uint.TryParse(name.AsSpan(17, 8), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out salt)
            && first is > 0 and < SegmentFormat.SequenceLimit;
    }

    /// <summary>Whether a name is one of <see cref="FinishedPath"/>.</summary>
    public static bool IsFinishedName(string name) =>
        name.EndsWith(FinishedExtension, StringComparison.Ordinal)
            && TryParseName(string.Concat(name.AsSpan(0, name.Length - FinishedExtension.Length), Extension), out _, out _);

    /// <summary>
    /// Behind <see cref="Published"/> there is what was never confirmed and could not be taken back; the next segment's first sequence tells
    /// that it does not count. Under the leadership of the log.
    /// </summary>
    public bool HasTail { get; set; }

    public void Seal(long end)
    {
        Volatile.Write(ref _end, end);
        _isSealed = true;
    }

    /// <summary>Deletes the file; false when it cannot be. Whoever does not find it asks <see cref="WasDropped"/>.</summary>
    public bool TryDrop(IFileSystem files) => TryDrop(() => files.Delete(path));

    /// <summary>The same, but the file stays as <see cref="FinishedPath"/>: whoever has it open may read something else from now on.</summary>
    public bool TryDropAside(IFileSystem files) => TryDrop(() => files.Rename(path, FinishedPath));

    /// <summary>As <see cref="IsDropped"/>, but for somebody who has just missed the file.</summary>
    public bool WasDropped()
    {
        lock (_fate)
            return _isDropped;
    }

    /// <summary>Whether damage at this place is new to all who read the segment; after many, the rest is no news.</summary>
    public bool TakeReport(long offset)
    {
        lock (_fate)
            return _reported.Count < 1024 && _reported.Add(offset);
    }

    private bool TryDrop(Action drop)
    {
        lock (_fate)
        {
            try
            {
                drop();
            }
            catch (Exception exception) when (FileFault.IsExpected(exception))
            {
                return false;
            }

            _isDropped = true;
            return true;
        }
    }
}
