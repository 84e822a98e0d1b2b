namespace Rotel.Processors.Detection;

/// <summary>Finds the id of the container in what the kernel says of a process.</summary>
internal static class ContainerIds
{
    private const int IdLength = 64;

    /// <summary>Of a task on Fargate: the task's id, and a number.</summary>
    private const int TaskIdLength = 32;

    /// <summary>
    /// From <c>/proc/self/cgroup</c>: of version 1, and of version 2 where the container shares the host's namespace of control groups. The
    /// innermost id counts, for containers run in containers.
    /// </summary>
    public static string? FromCgroup(string text)
    {
        foreach (var line in text.Split('\n', StringSplitOptions.TrimEntries))
        {
            // hierarchy:controllers:/path, whose path may hold colons.
            var parts = line.Split(':', 3);
            var segments = parts.Length == 3 ? parts[2].Split('/') : [];
            for (var i = segments.Length - 1; i >= 0; i--)
            {
                if (OfSegment(segments[i]) is { } id)
                    return id;
            }
        }

        return null;
    }

    /// <summary>
    /// From <c>/proc/self/mountinfo</c>: where the runtime keeps the files it puts into a container's <c>/etc</c>. In a pod those are the
    /// sandbox's, another container than ours, so there nothing is found.
    /// </summary>
    public static string? FromMountInfo(string text)
    {
        var mounts = EtcMounts(text).ToList();
        if (mounts.Exists(static root => root.Contains("/pods/", StringComparison.Ordinal) || root.Contains("/sandboxes/", StringComparison.Ordinal)))
            return null;
        foreach (var root in mounts)
        {
            var segments = root.Split('/');
            for (var i = 1; i < segments.Length; i++)
            {
                if (segments[i - 1] is "containers" or "overlay-containers" && IsHex(segments[i], IdLength))
                    return segments[i];
            }
        }

        return null;
    }

    /// <summary>Where in their file systems the files lie that are mounted at the places a runtime always provides.</summary>
    public static IEnumerable<string> EtcMounts(string mountInfo, string? other = null)
    {
        foreach (var line in mountInfo.Split('\n', StringSplitOptions.TrimEntries))
        {
            // id, parent, device, root, mount point, and more.
            var fields = line.Split(' ', 6);
            if (fields.Length == 6 && (fields[4] is "/etc/hostname" or "/etc/hosts" or "/etc/resolv.conf" || fields[4] == other))
                yield return fields[3];
        }
    }

    /// <summary>
    /// The id in one part of a path: alone, or as systemd names a scope (<c>docker-…</c>, <c>crio-…</c>, <c>libpod-….scope</c>,
    /// <c>…:cri-containerd:…</c>). The scope of a container's monitor is not the container's.
    /// </summary>
    private static string? OfSegment(string segment)
    {
        if (segment.EndsWith(".scope", StringComparison.Ordinal))
            segment = segment[..^".scope".Length];
        if (segment.Contains("-conmon-", StringComparison.Ordinal))
            return null;
        if (segment.Length > TaskIdLength + 1
            && segment[TaskIdLength] == '-'
            && IsHex(segment[..TaskIdLength], TaskIdLength)
            && segment.AsSpan(TaskIdLength + 1).IndexOfAnyExceptInRange('0', '9') < 0)
        {
            return segment;
        }

        var id = segment[(segment.AsSpan().LastIndexOfAny('-', ':') + 1)..];
        return IsHex(id, IdLength) ? id : null;
    }

    private static bool IsHex(string text, int length) => text.Length == length && text.All(char.IsAsciiHexDigit);
}
