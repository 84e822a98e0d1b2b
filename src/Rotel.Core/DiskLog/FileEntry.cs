namespace Rotel.DiskLog;

/// <summary>What a directory holds.</summary>
/// <param name="Name">Without the directory.</param>
/// <param name="Length">Bytes.</param>
/// <param name="IsFile">Neither directory nor link nor anything else.</param>
internal readonly record struct FileEntry(string Name, long Length, bool IsFile);
