using Rotel.Settings;

namespace Rotel.Processors.Detection;

/// <summary>The small files in which an operating system or an orchestrator describes a process.</summary>
/// <param name="root">The directory that stands for the root of the file system.</param>
internal sealed class DetectionFiles(string root)
{
    /// <summary>A machine with many mounts has the longest such file, <c>/proc/self/mountinfo</c>.</summary>
    private const int MaxBytes = 1 << 20;

    /// <summary>The text of a file; null when there is none that can be read, or nothing in it.</summary>
    /// <param name="path">From the root on, with <c>/</c>.</param>
    public string? Read(string path)
    {
        var file = At(path);
        var text = File.Exists(file) ? SettingFile.Read(file, MaxBytes, out _)?.Trim() : null;
        return text is { Length: > 0 } ? text : null;
    }

    public bool Exists(string path) => Path.Exists(At(path));

    private string At(string path) => Path.Combine(root, path.TrimStart('/'));
}
