using System.Buffers.Text;

namespace Rotel.Memory;

/// <summary>
/// The control groups of Linux, version 2 or 1, that limit the memory of a process: its own and those around it, as far as it can see them.
/// Elsewhere there are none.
/// </summary>
/// <remarks>
/// Read anew each time, for limits can change. What counts as used is what the kernel cannot take back by itself: pages of files are not,
/// which a disk queue fills any container with. (The runtime leaves out the inactive ones only; what is read a second time is active.)
/// </remarks>
internal sealed class ControlGroups
{
    private readonly Level[] _levels;

    private ControlGroups(Level[] levels) => _levels = levels;

    public static ControlGroups OfThisProcess() => Of("/proc/self/cgroup", "/proc/self/mountinfo");

    /// <param name="membership">Says in which group the process is, in each hierarchy.</param>
    /// <param name="mounts">Says where hierarchies are mounted.</param>
    public static ControlGroups Of(string membership, string mounts)
    {
        try
        {
            var paths = File.ReadAllLines(membership).Select(line => line.Split(':', 3)).Where(parts => parts.Length == 3).ToArray();
            return new ControlGroups([.. File.ReadAllLines(mounts).SelectMany(mount => LevelsOf(mount.Split(' '), paths))]);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new ControlGroups([]);
        }
    }

    /// <summary>Bytes used and allowed of the group that has the least left; (0, 0) where no group has a limit.</summary>
    public (long Used, long Limit) Read()
    {
        var (nearest, least) = ((0L, 0L), long.MaxValue);
        foreach (var level in _levels)
        {
            if (level.TryRead(out var used, out var limit) && limit - used < least)
                (nearest, least) = ((used, limit), limit - used);
        }

        return nearest;
    }

    /// <param name="mount">The fields of a line of mountinfo: 3 is the part of the hierarchy that is mounted, 4 where.</param>
    /// <param name="paths">The process's groups: number, controllers, path.</param>
    private static IEnumerable<Level> LevelsOf(string[] mount, string[][] paths)
    {
        var dash = Array.IndexOf(mount, "-");
        if (dash < 6 || mount.Length < dash + 4)
            return [];
        var isSecond = mount[dash + 1] == "cgroup2";
        if (!isSecond && (mount[dash + 1] != "cgroup" || !mount[dash + 3].Split(',').Contains("memory")))
            return [];
        var path = Array.Find(paths, path => isSecond ? path[0] == "0" : path[1].Split(',').Contains("memory"))?[2];
        return path is null ? [] : LevelsOf(mount[4], WithoutRoot(path, mount[3]), isSecond).Where(level => level.TryRead(out _, out _));
    }

    /// <summary>A container sees its own group as the root of the mount, though its path may be told as the host sees it.</summary>
    private static string WithoutRoot(string path, string root)
    {
        if (root == "/")
            return path;
        return path.StartsWith(root, StringComparison.Ordinal) && (path.Length == root.Length || path[root.Length] == '/')
            ? path[root.Length..]
            : "/";
    }

    private static IEnumerable<Level> LevelsOf(string mountPoint, string path, bool isSecond)
    {
        for (var at = path.TrimEnd('/'); ; at = at[..at.LastIndexOf('/')])
        {
            yield return new Level(mountPoint + at, isSecond);
            if (at.LastIndexOf('/') < 0)
                yield break;
        }
    }

    private sealed class Level(string directory, bool isSecond)
    {
        /// <summary>More than a machine has stands for no limit; version 1 tells the largest number of pages there is.</summary>
        private const long NoLimit = 1L << 60;

        private readonly string _limit = Path.Join(directory, isSecond ? "memory.max" : "memory.limit_in_bytes");
        private readonly string _usage = Path.Join(directory, isSecond ? "memory.current" : "memory.usage_in_bytes");
        private readonly string _parts = Path.Join(directory, "memory.stat");

        /// <summary>False where there is no limit.</summary>
        public bool TryRead(out long used, out long limit)
        {
            (used, limit) = (0, 0);
            try
            {
                Span<byte> text = stackalloc byte[64];
                if (!TryReadNumber(_limit, text, out limit) || limit is <= 0 or >= NoLimit || !TryReadNumber(_usage, text, out used))
                    return false;

                // The kernel adds its counts up for this, so it is asked only when it matters.
                if (used >= limit / 4 * 3)
                    used = Math.Max(0, used - FilePages());
                return true;
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                return false;
            }
        }

        private static bool TryReadNumber(string file, Span<byte> text, out long number)
        {
            using var handle = File.OpenHandle(file);
            return Utf8Parser.TryParse(text[..RandomAccess.Read(handle, text, 0)], out number, out _);
        }

        private long FilePages()
        {
            var prefix = isSecond ? "" : "total_";
            return File.ReadLines(_parts)
                .Select(line => line.Split(' '))
                .Where(pair => pair is [var name, _] && (name == $"{prefix}inactive_file" || name == $"{prefix}active_file"))
                .Sum(pair => long.TryParse(pair[1], out var bytes) ? bytes : 0);
        }
    }
}
