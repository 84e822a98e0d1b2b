namespace Rotel.Processors.Detection;

/// <summary>
/// The names of detected attributes and the words among their values, as the semantic conventions have them
/// (https://github.com/open-telemetry/semantic-conventions/tree/main/docs/resource), and for what those leave out, the Collector's
/// detectors.
/// </summary>
internal static class ResourceAttributeNames
{
    public const string ServiceName = "service.name";
    public const string DeploymentEnvironmentName = "deployment.environment.name";

    public const string ProcessPid = "process.pid";
    public const string ProcessCreationTime = "process.creation.time";
    public const string ProcessOwner = "process.owner";
    public const string ProcessExecutableName = "process.executable.name";
    public const string ProcessExecutablePath = "process.executable.path";
    public const string ProcessRuntimeName = "process.runtime.name";
    public const string ProcessRuntimeVersion = "process.runtime.version";
    public const string ProcessRuntimeDescription = "process.runtime.description";

    public const string HostName = "host.name";
    public const string HostId = "host.id";
    public const string HostArch = "host.arch";
    public const string HostType = "host.type";
    public const string HostImageId = "host.image.id";
    public const string OsType = "os.type";
    public const string OsName = "os.name";
    public const string OsVersion = "os.version";
    public const string OsBuildId = "os.build_id";
    public const string OsDescription = "os.description";

    public const string ContainerId = "container.id";
    public const string ContainerName = "container.name";

    public const string K8sClusterName = "k8s.cluster.name";
    public const string K8sNodeName = "k8s.node.name";
    public const string K8sNamespaceName = "k8s.namespace.name";
    public const string K8sPodName = "k8s.pod.name";
    public const string K8sPodUid = "k8s.pod.uid";
    public const string K8sContainerName = "k8s.container.name";
    public const string K8sPodLabelPrefix = "k8s.pod.label.";

    public const string CloudProvider = "cloud.provider";
    public const string CloudPlatform = "cloud.platform";
    public const string CloudRegion = "cloud.region";
    public const string CloudAvailabilityZone = "cloud.availability_zone";
    public const string CloudAccountId = "cloud.account.id";
    public const string CloudResourceId = "cloud.resource_id";

    public const string FaasName = "faas.name";
    public const string FaasVersion = "faas.version";
    public const string FaasInstance = "faas.instance";
    public const string FaasMaxMemory = "faas.max_memory";

    public const string AzureResourceGroupName = "azure.resource_group.name";
    public const string AzureContainerAppInstanceId = "azure.container_app.instance.id";
    public const string AzureContainerAppRevisionName = "azure.container_app.revision.name";
    public const string AzureAppServiceInstanceId = "azure.app_service.instance.id";
    public const string AzureVmScaleSetName = "azure.vm.scaleset.name";

    public const string AwsLogGroupNames = "aws.log.group.names";
    public const string AwsLogGroupArns = "aws.log.group.arns";
    public const string AwsLogStreamNames = "aws.log.stream.names";
    public const string AwsLogStreamArns = "aws.log.stream.arns";
    public const string AwsEcsClusterArn = "aws.ecs.cluster.arn";
    public const string AwsEcsContainerArn = "aws.ecs.container.arn";
    public const string AwsEcsLaunchtype = "aws.ecs.launchtype";
    public const string AwsEcsTaskArn = "aws.ecs.task.arn";
    public const string AwsEcsTaskId = "aws.ecs.task.id";
    public const string AwsEcsTaskFamily = "aws.ecs.task.family";
    public const string AwsEcsTaskRevision = "aws.ecs.task.revision";
}
