using Rotel.Destinations;

namespace Rotel.Exporters.File;

/// <summary>Whether a file can be written, found out without leaving anything behind.</summary>
internal static class WritingTrial
{
    private const string Subject = "file";
    private const string Advice = "Name a file that this process may write, or give it the right to.";

    public static DestinationFinding Of(string path)
    {
        var full = Path.GetFullPath(path);
        try
        {
            if (System.IO.File.Exists(full))
            {
                using var existing = new FileStream(full, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
                return new(Subject, IsGood: true, $"{full} can be written");
            }

            var directory = Path.GetDirectoryName(full);
            while (directory is not null && !Directory.Exists(directory))
                directory = Path.GetDirectoryName(directory);
            var trial = Path.Combine(directory ?? full, $".rotel-{Guid.NewGuid():N}");
            using var made = new FileStream(trial, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1, FileOptions.DeleteOnClose);
            return new(Subject, IsGood: true, $"{full} can be made");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new(Subject, IsGood: false, $"{full} cannot be written: {exception.Message.TrimEnd('.')}", Advice);
        }
    }
}
