namespace Rotel.Throughput.Drive;

/// <summary>A new folder for one run, which goes with it. On a disk of the caller's choice: what is measured there depends on it.</summary>
internal sealed class RunFolder(string parent) : IDisposable
{
    public string Path { get; } = Directory.CreateDirectory(System.IO.Path.Combine(parent, "rotel-run-" + Guid.NewGuid().ToString("N"))).FullName;

    /// <summary>What the files below it hold; of some that come and go it may be a little off.</summary>
    public long Bytes() => new DirectoryInfo(Path).EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Exists ? file.Length : 0);

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
