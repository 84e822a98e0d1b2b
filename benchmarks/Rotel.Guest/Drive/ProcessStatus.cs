using System.Globalization;

namespace Rotel.Guest.Drive;

/// <summary>What the kernel says about a process and its threads, without the process taking part in it.</summary>
/// <remarks>https://man7.org/linux/man-pages/man5/proc.5.html</remarks>
internal static class ProcessStatus
{
    /// <returns>Resident memory in MB, and the anonymous part of it: heaps and stacks, without the pages of files.</returns>
    public static (double Resident, double Anonymous) Megabytes(int processId)
    {
        var status = Fields($"/proc/{processId}/status");
        return (status["VmRSS"] * 1024 / 1e6, status["RssAnon"] * 1024 / 1e6);
    }

    public static Dictionary<int, ThreadReading> Threads(int processId)
    {
        var threads = new Dictionary<int, ThreadReading>();
        foreach (var directory in Directory.EnumerateDirectories($"/proc/{processId}/task"))
        {
            try
            {
                // The first number is the time on a processor, in nanoseconds.
                var schedule = File.ReadAllText($"{directory}/schedstat").Split(' ');
                threads.Add(
                    int.Parse(Path.GetFileName(directory), CultureInfo.InvariantCulture),
                    new ThreadReading(
                        File.ReadAllText($"{directory}/comm").Trim(),
                        long.Parse(schedule[0], CultureInfo.InvariantCulture) / 1e6,
                        Fields($"{directory}/status")["voluntary_ctxt_switches"]));
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // The thread has ended.
            }
        }

        return threads;
    }

    // Lines such as "VmRSS:  4108 kB"; those without a number are left out.
    private static Dictionary<string, long> Fields(string path)
    {
        var fields = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var line in File.ReadAllLines(path))
        {
            var words = line.Split((char[])[':', '\t', ' '], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length > 1 && long.TryParse(words[1], CultureInfo.InvariantCulture, out var value))
                fields[words[0]] = value;
        }

        return fields;
    }
}
