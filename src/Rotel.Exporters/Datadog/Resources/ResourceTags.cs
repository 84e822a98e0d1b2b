using System.Collections.Frozen;

namespace Rotel.Exporters.Datadog.Resources;

/// <summary>
/// What of a resource tags its metrics and logs, as Datadog's translator chooses it
/// (https://github.com/DataDog/datadog-agent/blob/main/pkg/opentelemetry-mapping-go/otlp/attributes/attributes.go).
/// </summary>
internal static class ResourceTags
{
    /// <summary>Labels and attributes by another name.</summary>
    private static readonly FrozenDictionary<string, string> Names = new Dictionary<string, string>
    {
        ["service.name"] = "service",
        ["service.version"] = "version",
        ["service.instance.id"] = "service.instance.id",
        ["os.type"] = "os.type",
        ["tags.datadoghq.com/env"] = "env",
        ["tags.datadoghq.com/service"] = "service",
        ["tags.datadoghq.com/version"] = "version",
        ["app.kubernetes.io/name"] = "kube_app_name",
        ["app.kubernetes.io/instance"] = "kube_app_instance",
        ["app.kubernetes.io/version"] = "kube_app_version",
        ["app.kubernetes.io/component"] = "kube_app_component",
        ["app.kubernetes.io/part-of"] = "kube_app_part_of",
        ["app.kubernetes.io/managed-by"] = "kube_app_managed_by",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Tags of Datadog's own, which stay what they are: https://docs.datadoghq.com/containers/kubernetes/tag/.</summary>
    private static readonly FrozenSet<string> DatadogNames = new[]
    {
        "architecture", "availability-zone", "chronos_job", "chronos_job_owner", "cluster_name", "container_id", "container_name",
        "dd_remote_config_id", "dd_remote_config_rev", "display_container_name", "docker_image", "ecs_cluster_name", "ecs_container_name",
        "eks_fargate_node", "env", "git.commit.sha", "git.repository_url", "image_id", "image_name", "image_tag", "kube_app_component",
        "kube_app_instance", "kube_app_managed_by", "kube_app_name", "kube_app_part_of", "kube_app_version", "kube_container_name",
        "kube_cronjob", "kube_daemon_set", "kube_deployment", "kube_job", "kube_namespace", "kube_ownerref_kind", "kube_ownerref_name",
        "kube_priority_class", "kube_qos", "kube_replica_set", "kube_replication_controller", "kube_service", "kube_stateful_set",
        "language", "marathon_app", "mesos_task", "nomad_dc", "nomad_group", "nomad_job", "nomad_namespace", "nomad_task",
        "oshift_deployment", "oshift_deployment_config", "os_name", "os_version", "persistentvolumeclaim", "pod_name", "pod_phase",
        "rancher_container", "rancher_service", "rancher_stack", "region", "service", "short_image", "swarm_namespace", "swarm_service",
        "task_name", "task_family", "task_version", "task_arn", "version",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Of these the first that is there tells processes apart.</summary>
    private static readonly string[] ProcessNames =
        ["process.executable.name", "process.executable.path", "process.command", "process.command_line"];

    /// <summary><c>key:value</c>, without the tags of containers.</summary>
    public static IEnumerable<string> Of(ResourceAttributes attributes)
    {
        var environment = EnvironmentOf(attributes);
        if (environment.Length > 0)
            yield return $"env:{environment}";
        foreach (var (key, value) in attributes.Strings)
        {
            if (Names.TryGetValue(key, out var name))
                yield return $"{name}:{value}";
            else if (DatadogNames.Contains(key))
                yield return $"{key}:{value}";
        }

        var process = Array.Find(ProcessNames, name => attributes.String(name).Length > 0);
        if (process is not null)
            yield return $"{process}:{attributes.String(process)}";
    }

    public static string EnvironmentOf(ResourceAttributes attributes) =>
        attributes.FirstText("deployment.environment.name", "deployment.environment");
}
