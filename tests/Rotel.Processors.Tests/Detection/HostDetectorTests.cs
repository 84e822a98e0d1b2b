using System.Net;
using System.Runtime.InteropServices;

namespace Rotel.Processors.Detection;

public sealed class HostDetectorTests
{
    private const string DebianRelease =
        "PRETTY_NAME=\"Debian GNU/Linux 13 (trixie)\"\nNAME=\"Debian GNU/Linux\"\n# a comment\nVERSION_ID=\"13\"\nID=debian\nBUILD_ID=b7\n";

    [Fact]
    public async Task Host_OnLinux_IsDescribed()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The files are those of Linux.");
        using var place = new Place().File("/etc/os-release", DebianRelease).File("/etc/machine-id", "3d1219c7c4c5404aaa1f6d2a48adfda4\n");

        var found = await place.FindAsync(ResourceDetector.Host);

        Assert.Equal(
            [
                $"host.arch={Architecture()}",
                "host.id=3d1219c7c4c5404aaa1f6d2a48adfda4",
                $"host.name={Dns.GetHostName()}",
                "os.build_id=b7",
                "os.description=Debian GNU/Linux 13 (trixie)",
                "os.name=Debian GNU/Linux",
                "os.type=linux",
                "os.version=13",
            ],
            found);
    }

    [Fact]
    public async Task MachineId_ThatIsElsewhere_IsFound()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "The files are those of Linux.");
        using var place = new Place().File("/etc/machine-id", "").File("/var/lib/dbus/machine-id", "abc\n").File("/proc/sys/kernel/osrelease", "6.1.0\n")
            .Variable("DOTNET_RUNNING_IN_CONTAINER", "false");

        var found = await place.FindAsync(ResourceDetector.Host);

        Assert.Contains("host.id=abc", found);
        Assert.Contains("os.build_id=6.1.0", found);
        Assert.Contains($"os.description={RuntimeInformation.OSDescription}", found);
    }

    [Theory]
    [InlineData("/.dockerenv", "")]
    [InlineData("/run/.containerenv", "")]
    [InlineData("/proc/self/cgroup", "0::/docker/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")]
    [InlineData("/etc/machine-id", "uninitialized")]
    public async Task MachineId_InAContainerOrNotYetMade_IsNotGiven(string path, string text)
    {
        using var place = new Place().File("/etc/machine-id", "of the machine that built the image").File(path, text);

        var resource = await place.DetectAsync(ResourceDetector.Host);

        Assert.DoesNotContain(resource.Attributes, attribute => attribute.Key == "host.id");
    }

    [Theory]
    [InlineData("KUBERNETES_SERVICE_HOST", "10.0.0.1")]
    [InlineData("CONTAINER_APP_NAME", "shop")]
    [InlineData("DOTNET_RUNNING_IN_CONTAINER", "true")]
    public async Task MachineId_WhereVariablesTellOfAContainer_IsNotGiven(string variable, string value)
    {
        using var place = new Place().File("/etc/machine-id", "of the machine that built the image").Variable(variable, value);

        var resource = await place.DetectAsync(ResourceDetector.Host);

        Assert.DoesNotContain(resource.Attributes, attribute => attribute.Key == "host.id");
    }

    private static string Architecture() => RuntimeInformation.OSArchitecture switch
    {
        System.Runtime.InteropServices.Architecture.X64 => "amd64",
        System.Runtime.InteropServices.Architecture.Arm64 => "arm64",
        _ => throw new NotSupportedException("Say what the conventions call this machine."),
    };
}
