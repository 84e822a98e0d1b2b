namespace Rotel.Processors.Detection;

public sealed class ContainerDetectorTests
{
    private const string Id = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    private const string Other = "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210";
    private const string Pod = "7d4b3f7e-0c7c-4b6a-9f2e-8a3c1d2e4f5a";

    [Theory]
    [InlineData("12:memory:/docker/" + Id, "Docker, version 1")]
    [InlineData("1:name=systemd:/system.slice/docker-" + Id + ".scope", "Docker under systemd")]
    [InlineData("0::/system.slice/docker-" + Id + ".scope", "Docker, version 2 in the host's namespace")]
    [InlineData("11:devices:/kubepods/besteffort/pod" + Pod + "/" + Id, "a pod, version 1")]
    [InlineData("0::/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod7d4b.slice/cri-containerd-" + Id + ".scope", "containerd")]
    [InlineData("4:cpu:/system.slice/containerd.service/kubepods-besteffort-pod7d4b.slice:cri-containerd:" + Id, "containerd without systemd")]
    [InlineData("0::/kubepods.slice/kubepods-pod7d4b.slice/crio-" + Id + ".scope/container", "CRI-O")]
    [InlineData("0::/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-" + Id + ".scope/container", "Podman")]
    [InlineData("9:pids:/docker/" + Other + "/docker/" + Id, "Docker in Docker")]
    [InlineData("13:name=systemd:/\n12:cpu:/docker/" + Id + "\n0::/", "not in the first line")]
    public async Task Id_InTheControlGroup_IsFound(string cgroup, string runtime)
    {
        TestContext.Current.TestOutputHelper!.WriteLine(runtime);
        using var place = new Place().File("/proc/self/cgroup", cgroup + "\n");

        Assert.Equal([$"container.id={Id}"], await place.FindAsync(ResourceDetector.Container));
    }

    [Fact]
    public async Task Id_OfATaskOnFargate_IsFound()
    {
        using var place = new Place().File("/proc/self/cgroup", "9:perf_event:/ecs/cd189a933e5849daa93386466019ab50/cd189a933e5849daa93386466019ab50-2495160603\n");

        Assert.Equal(["container.id=cd189a933e5849daa93386466019ab50-2495160603"], await place.FindAsync(ResourceDetector.Container));
    }

    [Theory]
    [InlineData("/var/lib/docker/containers/" + Id + "/hostname /etc/hostname")]
    [InlineData("/home/me/.local/share/containers/storage/overlay-containers/" + Id + "/userdata/hosts /etc/hosts")]
    public async Task Id_InTheMounts_IsFound(string mount)
    {
        using var place = new Place()
            .File("/proc/self/cgroup", "0::/\n")
            .File(
                "/proc/self/mountinfo",
                $"21 20 0:5 /containers/{Other}/x /elsewhere rw - ext4 /dev/sda1 rw\n22 20 254:1 {mount} rw,relatime - ext4 /dev/sda1 rw\n");

        Assert.Equal([$"container.id={Id}"], await place.FindAsync(ResourceDetector.Container));
    }

    [Theory]
    [InlineData("0::/\n", "")]
    [InlineData("0::/system.slice/crio-conmon-" + Id + ".scope\n", "")]
    [InlineData("0::/user.slice/user-1000.slice/session-3.scope\nno colons\n:\n::\n", "short line\n1 2 3 /etc/hostname\n")]
    [InlineData("9:memory:/process_api/30e17d7b877c8c7e0343205cd73aa4f7\n", "")]
    [InlineData("0::/\n", "22 20 254:1 /var/lib/containerd/io.containerd.grpc.v1.cri/sandboxes/" + Id + "/hostname /etc/hostname rw - ext4 /dev/sda1 rw\n")]
    [InlineData(
        "0::/\n",
        "22 20 254:1 /containers/storage/overlay-containers/" + Id + "/userdata/hostname /etc/hostname rw - xfs /dev/sda1 rw\n"
        + "23 20 254:1 /var/lib/kubelet/pods/" + Pod + "/etc-hosts /etc/hosts rw - xfs /dev/sda1 rw\n")]
    public async Task Id_ThatIsNotOurs_IsNotTaken(string cgroup, string mounts)
    {
        using var place = new Place().File("/proc/self/cgroup", cgroup).File("/proc/self/mountinfo", mounts);

        Assert.Empty(await place.FindAsync(ResourceDetector.Container));
    }

    [Fact]
    public async Task Place_WithoutSuchFiles_SaysNothing()
    {
        using var place = new Place();

        Assert.Empty(await place.FindAsync(ResourceDetector.Container));
    }
}
