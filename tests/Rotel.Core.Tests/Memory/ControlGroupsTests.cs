namespace Rotel.Memory;

/// <summary>Which groups are found and what of them counts, in files as the kernel writes them.</summary>
public sealed class ControlGroupsTests : IDisposable
{
    private const long MiB = 1 << 20;
    private readonly string _root = Directory.CreateTempSubdirectory("rotel-groups").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Read_InAContainerOfVersion2_IsWhatTheKernelCannotTakeBack()
    {
        Second("fs", limit: $"{100 * MiB}", used: 90 * MiB, inactive: 20 * MiB, active: 10 * MiB);

        Assert.Equal((60 * MiB, 100 * MiB), Groups("0::/\n", Mount2("/")).Read());
    }

    [Fact]
    public void Read_OfNestedGroups_IsTheOneWithTheLeastLeft()
    {
        Second("fs/a", limit: $"{100 * MiB}", used: 70 * MiB);
        Second("fs/a/b", limit: $"{50 * MiB}", used: 5 * MiB);
        Second("fs/a/b/c", limit: "max", used: 5 * MiB);
        var groups = Groups("0::/a/b/c\n", Mount2("/"));
        Assert.Equal((70 * MiB, 100 * MiB), groups.Read());

        Second("fs/a/b", limit: $"{20 * MiB}", used: 10 * MiB);
        Assert.Equal((10 * MiB, 20 * MiB), groups.Read());
    }

    [Fact]
    public void Read_OfVersion1BesideAnEmptyVersion2_IsThatOfTheMemoryController()
    {
        First("memory/docker/x", limit: 100 * MiB, used: 80 * MiB, inactive: 8 * MiB, active: 2 * MiB);
        First("memory", limit: 9223372036854771712, used: 1000 * MiB);
        var groups = Groups(
            "4:memory:/docker/x\n1:cpu,cpuacct:/\n0::/\n",
            $"31 23 0:29 / {_root}/cpu rw - cgroup cgroup rw,cpu",
            $"35 31 0:32 / {_root}/memory rw,relatime shared:9 - cgroup cgroup rw,memory",
            Mount2("/"));

        Assert.Equal((70 * MiB, 100 * MiB), groups.Read());
    }

    [Theory]
    [InlineData("/docker/x", "/docker/x")]
    [InlineData("/docker/x", "/docker")]
    [InlineData("/elsewhere", "/")]
    public void Read_WhereTheGroupIsTheRootOfTheMount_FindsIt(string root, string path)
    {
        Second(path == root || path == "/" ? "fs" : $"fs{path}", limit: $"{100 * MiB}", used: 10 * MiB);
        if (path == "/docker")
            Second("fs", limit: $"{100 * MiB}", used: 10 * MiB);

        Assert.Equal((10 * MiB, 100 * MiB), Groups($"0::{path}\n", Mount2(root)).Read());
    }

    [Fact]
    public void Read_WithoutALimit_IsNothing()
    {
        Second("fs", limit: "max", used: 10 * MiB);

        Assert.Equal((0, 0), Groups("0::/\n", Mount2("/")).Read());
        Assert.Equal((0, 0), ControlGroups.Of(Path.Join(_root, "missing"), Path.Join(_root, "missing")).Read());
    }

    [Fact]
    public void Read_OfAGroupThatIsGone_IsNothing()
    {
        Second("fs", limit: $"{100 * MiB}", used: 10 * MiB);
        var groups = Groups("0::/\n", Mount2("/"));
        Directory.Delete(Path.Join(_root, "fs"), recursive: true);

        Assert.Equal((0, 0), groups.Read());
    }

    [Fact]
    public void Memory_OfThisProcess_IsBelowItsLimits()
    {
        var reading = new ProcessMemory().Read();

        Assert.InRange(reading.HeapBytes, 1, reading.HeapLimit);
        Assert.InRange(reading.ContainerBytes, 0, reading.ContainerLimit);
    }

    private string Mount2(string root) => $"41 31 0:38 {root} {_root}/fs rw,nosuid - cgroup2 cgroup2 rw";

    private ControlGroups Groups(string membership, params string[] mounts)
    {
        File.WriteAllText(Path.Join(_root, "cgroup"), membership);
        File.WriteAllLines(Path.Join(_root, "mountinfo"), ["23 1 8:1 / / rw - ext4 /dev/root rw", .. mounts]);
        return ControlGroups.Of(Path.Join(_root, "cgroup"), Path.Join(_root, "mountinfo"));
    }

    private void Second(string group, string limit, long used, long inactive = 0, long active = 0) => Write(
        group,
        ("memory.max", limit),
        ("memory.current", $"{used}"),
        ("memory.stat", $"anon 1\nfile 2\ninactive_file {inactive}\nactive_file {active}\nshmem 7"));

    private void First(string group, long limit, long used, long inactive = 0, long active = 0) => Write(
        group,
        ("memory.limit_in_bytes", $"{limit}"),
        ("memory.usage_in_bytes", $"{used}"),
        ("memory.stat", $"inactive_file 3\nactive_file 4\ntotal_inactive_file {inactive}\ntotal_active_file {active}"));

    private void Write(string group, params (string Name, string Text)[] files)
    {
        var directory = Directory.CreateDirectory(Path.Join(_root, group)).FullName;
        foreach (var (name, text) in files)
            File.WriteAllText(Path.Join(directory, name), text + "\n");
    }
}
