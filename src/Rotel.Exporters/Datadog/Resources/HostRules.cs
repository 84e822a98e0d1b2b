namespace Rotel.Exporters.Datadog.Resources;

/// <summary>
/// Which host a resource is of, by the rules of Datadog's agent and of the OpenTelemetry Collector
/// (https://github.com/DataDog/datadog-agent/blob/main/pkg/opentelemetry-mapping-go/otlp/attributes/source.go).
/// </summary>
internal static class HostRules
{
    /// <summary>Platforms on which a machine's name would be wrong: there is no host that the user sees.</summary>
    private static readonly HashSet<string> HostlessPlatforms = new(StringComparer.Ordinal)
    {
        "azure.container_apps", "azure_container_apps", "gcp_cloud_run", "gcp_cloud_functions", "aws_lambda",
    };

    /// <summary>Names that say no more than "this machine", of a machine that is not ours.</summary>
    private static readonly HashSet<string> LocalNames = new(StringComparer.Ordinal)
    {
        "0.0.0.0", "127.0.0.1", "localhost", "localhost.localdomain", "localhost6.localdomain6", "ip6-localhost",
    };

    /// <summary>The host; empty where there is none, as on AWS Fargate; null when the resource does not say.</summary>
    public static string? HostOf(ResourceAttributes attributes)
    {
        if (IsHostless(attributes))
            return string.Empty;

        var name = Named(attributes);
        if (name is not null && !LocalNames.Contains(name))
            return name;
        return NullIfEmpty(attributes.Text("_dd.hostname"));
    }

    private static bool IsHostless(ResourceAttributes attributes)
    {
        var platform = attributes.String("cloud.platform");
        return HostlessPlatforms.Contains(platform)
            || (platform is "azure.app_service" or "azure_app_service" && IsAppService(attributes))
            || (IsFargate(attributes) && attributes.TryGetText("aws.ecs.task.arn", out _));
    }

    private static bool IsAppService(ResourceAttributes attributes) =>
        attributes.String("service.name").Length > 0
        && attributes.String("cloud.account.id").Length > 0
        && attributes.String("azure.resource_group.name").Length > 0
        && (attributes.String("azure.app_service.instance.id").Length > 0 || attributes.String("service.instance.id").Length > 0);

    private static bool IsFargate(ResourceAttributes attributes) => attributes.String("aws.ecs.launchtype") == "fargate";

    /// <summary>What was set on purpose counts even when it is empty: it says that there is no host.</summary>
    private static string? Named(ResourceAttributes attributes)
    {
        if (attributes.TryGetText("host", out var host))
            return host;
        if (attributes.TryGetText("datadog.host.name", out _))
            return attributes.String("datadog.host.name");
        if (IsFargate(attributes))
            return null;

        // A provider that is known names its hosts in its own way or not at all: another name would not meet that of its integration.
        return attributes.String("cloud.provider") switch
        {
            "aws" => NullIfEmpty(attributes.String("host.id")),
            "gcp" => OfGoogle(attributes),
            "azure" => NullIfEmpty(attributes.String("host.id")) ?? NullIfEmpty(attributes.String("host.name")),
            _ => OfKubernetes(attributes)
                ?? NullIfEmpty(attributes.String("host.id"))
                ?? NullIfEmpty(attributes.String("host.name")),
        };
    }

    /// <summary>The instance's name, without the domain of its zone and project, and the project.</summary>
    private static string? OfGoogle(ResourceAttributes attributes)
    {
        var name = attributes.String("host.name");
        var project = attributes.String("cloud.account.id");
        if (name.Length == 0 || project.Length == 0)
            return null;
        if (name.AsSpan().Count('.') >= 3)
            name = name[..name.IndexOf('.', StringComparison.Ordinal)];
        return $"{name}.{project}";
    }

    private static string? OfKubernetes(ResourceAttributes attributes)
    {
        var node = attributes.String("k8s.node.name");
        if (node.Length == 0)
            return null;
        var cluster = attributes.String("k8s.cluster.name");
        return cluster.Length == 0 ? node : $"{node}-{cluster}";
    }

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;
}
