using static Rotel.Processors.Detection.ResourceAttributeNames;

namespace Rotel.Processors.Detection;

/// <summary>
/// A virtual machine of Azure, by its instance metadata service
/// (https://learn.microsoft.com/azure/virtual-machines/instance-metadata-service).
/// </summary>
internal sealed class AzureVmDetector : IResourceDetector
{
    private static readonly Uri Compute = new("http://169.254.169.254/metadata/instance/compute?api-version=2021-02-01&format=json");

    /// <summary>Without it the service refuses, so that a request somebody else has made cannot pass for one of the machine's.</summary>
    private static readonly KeyValuePair<string, string> Mark = new("Metadata", "true");

    public bool MayBlock => false;

    public async ValueTask DetectAsync(DetectionContext context, DetectorFindings findings, CancellationToken cancellationToken)
    {
        var answer = await context.Metadata.AskAsync(HttpMethod.Get, Compute, Mark, cancellationToken).ConfigureAwait(false);
        if (answer.Json() is not { } compute || MetadataAnswer.Text(compute, "vmId") is not { } id)
        {
            findings.Fail(answer.Problem ?? "the metadata service does not answer as Azure's does");
            return;
        }

        findings.Add(CloudProvider, "azure");
        findings.Add(CloudPlatform, "azure.vm");
        findings.Add(HostId, id);
        findings.Add(HostName, MetadataAnswer.Text(compute, "name"));
        findings.Add(HostType, MetadataAnswer.Text(compute, "vmSize"));
        findings.Add(CloudRegion, MetadataAnswer.Text(compute, "location"));
        findings.Add(CloudAvailabilityZone, MetadataAnswer.Text(compute, "zone"));
        findings.Add(CloudAccountId, MetadataAnswer.Text(compute, "subscriptionId"));
        findings.Add(CloudResourceId, MetadataAnswer.Text(compute, "resourceId"));
        findings.Add(AzureResourceGroupName, MetadataAnswer.Text(compute, "resourceGroupName"));
        findings.Add(AzureVmScaleSetName, MetadataAnswer.Text(compute, "vmScaleSetName"));
    }
}
