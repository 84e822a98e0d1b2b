using System.Globalization;

namespace Rotel.Agent.Doctor;

/// <summary>Who listens on a port of this machine, where the system tells: Linux does, of this user's own processes.</summary>
internal static class PortHolder
{
    /// <summary>The state of a socket that listens, in <c>/proc/net/tcp</c>.</summary>
    private const string Listening = "0A";

    private static readonly string[] Tables = ["/proc/net/tcp", "/proc/net/tcp6"];

    /// <summary>A process as people know it; null where it is not to be found.</summary>
    public static string? Find(int port)
    {
        try
        {
            var sockets = Tables.Where(File.Exists).SelectMany(file => InodesOf(file, port)).ToHashSet();
            return sockets.Count == 0 ? null : Directory.EnumerateDirectories("/proc")
                .Where(directory => char.IsAsciiDigit(Path.GetFileName(directory)[0]))
                .FirstOrDefault(directory => Holds(directory, sockets)) is { } process
                ? $"process {Path.GetFileName(process)} ({File.ReadAllText(Path.Combine(process, "comm")).Trim()})"
                : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static IEnumerable<string> InodesOf(string file, int port)
    {
        var hexPort = port.ToString("X4", CultureInfo.InvariantCulture);
        foreach (var line in File.ReadLines(file).Skip(1))
        {
            var columns = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (columns.Length > 9 && columns[3] == Listening && columns[1].EndsWith($":{hexPort}", StringComparison.Ordinal))
                yield return $"socket:[{columns[9]}]";
        }
    }

    /// <summary>Processes of others do not show what they have open, and some end while they are looked at.</summary>
    private static bool Holds(string process, HashSet<string> sockets)
    {
        try
        {
            return Directory.EnumerateFiles(Path.Combine(process, "fd"))
                .Any(descriptor => new FileInfo(descriptor).LinkTarget is { } target && sockets.Contains(target));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
