using System.Net;
using System.Runtime.InteropServices;

namespace Rotel.Exporters.Datadog.Hosts;

/// <summary>What this process knows of the machine it runs on, by the names Go has for it, as the agent's inventory does.</summary>
internal static class ThisMachine
{
    public static void Describe(HostFacts host)
    {
        host.SetDefault(HostField.Meta("socket-hostname"), Dns.GetHostName());
        host.SetDefault(HostField.Platform("os"), RuntimeInformation.OSDescription);
        host.SetDefault(HostField.Platform("GOOS"), System());
        var architecture = RuntimeInformation.OSArchitecture;
        host.SetDefault(HostField.Platform("GOOARCH"), architecture == Architecture.X64 ? "amd64" : Name(architecture));
        var machine = architecture switch
        {
            Architecture.X64 => "x86_64",
            Architecture.Arm64 when OperatingSystem.IsLinux() => "aarch64",
            _ => Name(architecture),
        };
        host.SetDefault(HostField.Platform("machine"), machine);
        host.SetDefault(HostField.Platform("processor"), machine);
        host.SetDefault(HostField.Platform("hardware_platform"), machine);
        host.SetDefault(HostField.Platform("kernel_release"), Environment.OSVersion.Version.ToString());
    }

    private static string Name(Architecture architecture) => architecture.ToString().ToLowerInvariant();

    private static string System() =>
        OperatingSystem.IsWindows() ? "windows"
        : OperatingSystem.IsMacOS() ? "darwin"
        : OperatingSystem.IsFreeBSD() ? "freebsd"
        : "linux";
}
