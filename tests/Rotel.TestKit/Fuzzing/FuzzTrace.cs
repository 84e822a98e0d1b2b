using System.IO.MemoryMappedFiles;

namespace Rotel.TestKit.Fuzzing;

/// <summary>
/// Keeps the case that is being checked in a mapped file, for what ends the process (an overflowing stack, a wild pointer) leaves nothing
/// else behind. Who opens the trace of a run that did not close its own is told the case.
/// </summary>
internal sealed class FuzzTrace : IDisposable
{
    private const int MaxLength = 4 * 1024 * 1024;

    private readonly string _path;
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;

    private FuzzTrace(string path)
    {
        _path = path;
        _file = MemoryMappedFile.CreateFromFile(path, FileMode.CreateNew, mapName: null, sizeof(int) + MaxLength);
        _view = _file.CreateViewAccessor();
    }

    /// <exception cref="InvalidOperationException">The run before did not end.</exception>
    public static FuzzTrace Open(string name)
    {
        var path = Path.Combine(AppContext.BaseDirectory, $"{name}.last-case");
        if (File.Exists(path))
        {
            var last = File.ReadAllBytes(path);
            File.Delete(path);
            var length = BitConverter.ToInt32(last);
            throw new InvalidOperationException(
                $"The run before ended in the middle, in this case (or was stopped in it):\n{Convert.ToBase64String(last, sizeof(int), length)}");
        }

        return new FuzzTrace(path);
    }

    public void Write(byte[] body)
    {
        var length = Math.Min(body.Length, MaxLength);
        _view.Write(0, length);
        _view.WriteArray(sizeof(int), body, 0, length);
    }

    public void Dispose()
    {
        _view.Dispose();
        _file.Dispose();
        File.Delete(_path);
    }
}
