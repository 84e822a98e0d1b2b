using static Rotel.Processors.Detection.ResourceAttributeNames;

namespace Rotel.Processors.Detection;

/// <summary>
/// Azure Functions, App Service and Container Apps, each of which says in the environment where the process runs. Functions may run on
/// either of the others.
/// </summary>
internal sealed class AzureDetector : IResourceDetector
{
    private static readonly string[] FunctionsMarks = ["FUNCTIONS_WORKER_RUNTIME", "FUNCTIONS_EXTENSION_VERSION"];

    // In the order in which the host of functions looks for its own, on each of its plans.
    private static readonly string[] FunctionsInstance = ["WEBSITE_INSTANCE_ID", "WEBSITE_POD_NAME", "CONTAINER_NAME"];

    public bool MayBlock => false;

    public ValueTask DetectAsync(DetectionContext context, DetectorFindings findings, CancellationToken cancellationToken)
    {
        var surroundings = context.Surroundings;
        var site = surroundings.Variable("WEBSITE_SITE_NAME");
        if (surroundings.Variable(FunctionsMarks) is not null)
        {
            Platform("azure.functions", findings);
            Site(surroundings, site, findings);
            findings.Add(FaasInstance, surroundings.Variable(FunctionsInstance));
        }
        else if (site is not null)
        {
            Platform("azure.app_service", findings);
            var (account, group) = Site(surroundings, site, findings);
            if (account is not null && group is not null)
                findings.Add(CloudResourceId, $"/subscriptions/{account}/resourceGroups/{group}/providers/Microsoft.Web/sites/{site}");
            findings.Add(AzureAppServiceInstanceId, surroundings.Variable("WEBSITE_INSTANCE_ID"));
        }

        if (surroundings.Variable("CONTAINER_APP_NAME") is { } app)
        {
            Platform("azure.container_apps", findings);
            findings.Add(ServiceName, app);
            findings.Add(AzureContainerAppInstanceId, surroundings.Variable("CONTAINER_APP_REPLICA_NAME"));
            findings.Add(AzureContainerAppRevisionName, surroundings.Variable("CONTAINER_APP_REVISION"));
        }
        else if (surroundings.Variable("CONTAINER_APP_JOB_NAME") is { } job)
        {
            // The conventions for apps leave jobs out.
            Platform("azure.container_apps", findings);
            findings.Add(ServiceName, job);
        }

        return ValueTask.CompletedTask;
    }

    private static void Platform(string platform, DetectorFindings findings)
    {
        findings.Add(CloudProvider, "azure");
        findings.Add(CloudPlatform, platform);
    }

    /// <summary>What App Service says of a site, whether it hosts functions or not.</summary>
    private static (string? Account, string? Group) Site(DetectionSurroundings surroundings, string? site, DetectorFindings findings)
    {
        // {subscription}+{group}-{region}webspace
        var account = surroundings.Variable("WEBSITE_OWNER_NAME")?.Split('+')[0];
        var group = surroundings.Variable("WEBSITE_RESOURCE_GROUP");
        findings.Add(ServiceName, site);
        findings.Add(CloudAccountId, account);
        findings.Add(AzureResourceGroupName, group);
        findings.Add(CloudRegion, surroundings.Variable("REGION_NAME"));
        findings.Add(DeploymentEnvironmentName, surroundings.Variable("WEBSITE_SLOT_NAME"));
        return (account is { Length: > 0 } ? account : null, group);
    }
}
