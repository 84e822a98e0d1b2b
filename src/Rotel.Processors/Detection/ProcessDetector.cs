using System.Globalization;
using System.Runtime.InteropServices;
using OsProcess = System.Diagnostics.Process;

namespace Rotel.Processors.Detection;

/// <summary>
/// This process and its runtime (https://opentelemetry.io/docs/specs/semconv/resource/process/). Not its arguments: they can hold secrets.
/// </summary>
internal sealed class ProcessDetector : IResourceDetector
{
    public bool MayBlock => true;

    public ValueTask DetectAsync(DetectionContext context, DetectorFindings findings, CancellationToken cancellationToken)
    {
        findings.Add(ResourceAttributeNames.ProcessPid, Environment.ProcessId);
        findings.Add(ResourceAttributeNames.ProcessRuntimeName, ".NET");
        findings.Add(ResourceAttributeNames.ProcessRuntimeVersion, Environment.Version.ToString());
        findings.Add(ResourceAttributeNames.ProcessRuntimeDescription, RuntimeInformation.FrameworkDescription);
        findings.Add(ResourceAttributeNames.ProcessExecutablePath, Environment.ProcessPath);
        findings.Add(ResourceAttributeNames.ProcessExecutableName, Path.GetFileName(Environment.ProcessPath));
        using var process = OsProcess.GetCurrentProcess();
        findings.Add(
            ResourceAttributeNames.ProcessCreationTime,
            process.StartTime.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));

        // Last, for the user's name may have to come from a directory service.
        findings.Add(ResourceAttributeNames.ProcessOwner, Environment.UserName);
        return ValueTask.CompletedTask;
    }
}
