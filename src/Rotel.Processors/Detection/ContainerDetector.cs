namespace Rotel.Processors.Detection;

/// <summary>
/// The id of the container (https://opentelemetry.io/docs/specs/semconv/resource/container/). In a pod on control groups of version 2 a
/// process has no way to know it.
/// </summary>
internal sealed class ContainerDetector : IResourceDetector
{
    public bool MayBlock => true;

    public ValueTask DetectAsync(DetectionContext context, DetectorFindings findings, CancellationToken cancellationToken)
    {
        findings.Add(
            ResourceAttributeNames.ContainerId,
            ContainerIds.FromCgroup(context.Files.Read(ContainerSigns.CgroupFile) ?? "")
            ?? ContainerIds.FromMountInfo(context.Files.Read(ContainerSigns.MountInfoFile) ?? ""));
        return ValueTask.CompletedTask;
    }
}
