using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32;

namespace Rotel.Processors.Detection;

/// <summary>
/// The machine (https://opentelemetry.io/docs/specs/semconv/resource/host/) and its operating system, as the process sees them: in a
/// container the container's name and distribution. An id of the machine is given only outside of containers, whose images may carry that
/// of the machine that built them. On macOS there is none, for it takes another process to ask for it.
/// </summary>
internal sealed class HostDetector : IResourceDetector
{
    public bool MayBlock => true;

    public ValueTask DetectAsync(DetectionContext context, DetectorFindings findings, CancellationToken cancellationToken)
    {
        findings.Add(ResourceAttributeNames.HostArch, Architecture(RuntimeInformation.OSArchitecture));
        OperatingSystemFacts(context.Files, findings);
        if (!ContainerSigns.AreThere(context))
            findings.Add(ResourceAttributeNames.HostId, OperatingSystem.IsWindows() ? WindowsMachineId() : LinuxMachineId(context.Files));
        try
        {
            findings.Add(ResourceAttributeNames.HostName, Dns.GetHostName());
        }
        catch (SocketException)
        {
            findings.Fail("the system does not tell the host's name");
        }

        return ValueTask.CompletedTask;
    }

    private static string Architecture(Architecture architecture) => architecture switch
    {
        System.Runtime.InteropServices.Architecture.X64 => "amd64",
        System.Runtime.InteropServices.Architecture.Arm or System.Runtime.InteropServices.Architecture.Armv6 => "arm32",
        System.Runtime.InteropServices.Architecture.Ppc64le => "ppc64",
        var other => other.ToString().ToLowerInvariant(),
    };

    private static void OperatingSystemFacts(DetectionFiles files, DetectorFindings findings)
    {
        findings.Add(ResourceAttributeNames.OsType, OsType());
        var version = Environment.OSVersion.Version;
        if (OperatingSystem.IsLinux())
        {
            var release = ReadRelease(files.Read("/etc/os-release") ?? files.Read("/usr/lib/os-release") ?? "");
            findings.Add(ResourceAttributeNames.OsName, release.GetValueOrDefault("NAME"));
            findings.Add(ResourceAttributeNames.OsVersion, release.GetValueOrDefault("VERSION_ID"));
            findings.Add(ResourceAttributeNames.OsDescription, release.GetValueOrDefault("PRETTY_NAME"));
            findings.Add(ResourceAttributeNames.OsBuildId, release.GetValueOrDefault("BUILD_ID") ?? files.Read("/proc/sys/kernel/osrelease"));
        }
        else if (OperatingSystem.IsWindows())
        {
            findings.Add(ResourceAttributeNames.OsName, "Windows");
            findings.Add(ResourceAttributeNames.OsBuildId, version.Build.ToString(CultureInfo.InvariantCulture));
        }
        else if (OperatingSystem.IsMacOS())
        {
            findings.Add(ResourceAttributeNames.OsName, "macOS");
        }

        if (!OperatingSystem.IsLinux())
            findings.Add(ResourceAttributeNames.OsVersion, version.ToString());
        findings.Add(ResourceAttributeNames.OsDescription, RuntimeInformation.OSDescription);
    }

    private static string? OsType()
    {
        if (OperatingSystem.IsLinux())
            return "linux";
        if (OperatingSystem.IsWindows())
            return "windows";
        if (OperatingSystem.IsMacOS())
            return "darwin";
        return OperatingSystem.IsFreeBSD() ? "freebsd" : null;
    }

    /// <summary>The assignments of an os-release file (https://www.freedesktop.org/software/systemd/man/latest/os-release.html).</summary>
    private static Dictionary<string, string> ReadRelease(string text)
    {
        var assignments = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in text.Split('\n', StringSplitOptions.TrimEntries))
        {
            var split = line.IndexOf('=', StringComparison.Ordinal);
            if (split > 0 && line[0] != '#')
                assignments[line[..split]] = line[(split + 1)..].Trim('"', '\'');
        }

        return assignments;
    }

    private static string? LinuxMachineId(DetectionFiles files)
    {
        var id = files.Read("/etc/machine-id") ?? files.Read("/var/lib/dbus/machine-id");

        // Before the first start of a new system the file says so.
        return id == "uninitialized" ? null : id;
    }

    private static string? WindowsMachineId() => OperatingSystem.IsWindows()
        ? Registry.GetValue(@"HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Cryptography", "MachineGuid", null) as string
        : null;
}
