namespace Rotel.Processors.Detection;

/// <summary>Whether the process runs in a container, by what is known of every common runtime.</summary>
internal static class ContainerSigns
{
    public const string CgroupFile = "/proc/self/cgroup";
    public const string MountInfoFile = "/proc/self/mountinfo";

    private static readonly string[] Variables =
        ["KUBERNETES_SERVICE_HOST", "CONTAINER_APP_NAME", "ECS_CONTAINER_METADATA_URI_V4"];

    public static bool AreThere(DetectionContext context) =>
        context.Surroundings.Variable(Variables) is not null
        || context.Surroundings.Variable("DOTNET_RUNNING_IN_CONTAINER") is "1" or "true" or "True"
        || context.Files.Exists("/.dockerenv")
        || context.Files.Exists("/run/.containerenv")
        || ContainerIds.FromCgroup(context.Files.Read(CgroupFile) ?? "") is not null;
}
