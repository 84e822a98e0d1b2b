using System.Collections.Frozen;
using System.Text;

namespace Rotel.Exporters.Datadog.Resources;

/// <summary>
/// Attributes of a resource that Datadog has as tags of a container, by its own names
/// (https://docs.datadoghq.com/opentelemetry/mapping/semantic_mapping/#containers).
/// </summary>
internal static class ContainerTags
{
    /// <summary>Makes a container's tag of any attribute.</summary>
    private const string CustomPrefix = "datadog.container.tag.";

    private static readonly FrozenDictionary<string, string> Names = new Dictionary<string, string>
    {
        ["container.id"] = "container_id",
        ["container.name"] = "container_name",
        ["container.image.name"] = "image_name",
        ["container.image.tag"] = "image_tag",
        ["container.runtime"] = "runtime",
        ["cloud.provider"] = "cloud_provider",
        ["cloud.region"] = "region",
        ["cloud.availability_zone"] = "zone",
        ["aws.ecs.task.family"] = "task_family",
        ["aws.ecs.task.arn"] = "task_arn",
        ["aws.ecs.cluster.arn"] = "ecs_cluster_name",
        ["aws.ecs.task.revision"] = "task_version",
        ["aws.ecs.container.arn"] = "ecs_container_name",
        ["k8s.container.name"] = "kube_container_name",
        ["k8s.cluster.name"] = "kube_cluster_name",
        ["k8s.deployment.name"] = "kube_deployment",
        ["k8s.replicaset.name"] = "kube_replica_set",
        ["k8s.statefulset.name"] = "kube_stateful_set",
        ["k8s.daemonset.name"] = "kube_daemon_set",
        ["k8s.job.name"] = "kube_job",
        ["k8s.cronjob.name"] = "kube_cronjob",
        ["k8s.namespace.name"] = "kube_namespace",
        ["k8s.pod.name"] = "pod_name",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    private static readonly FrozenSet<string> DatadogNames = Names.Values.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>All names of Datadog's, in UTF-8, by their length, of which few have the same.</summary>
    private static readonly byte[][][] DatadogNamesByLength = ByLength();

    /// <summary>
    /// The tags by name. Where several attributes make the same one, OpenTelemetry's name goes before the prefix
    /// <c>datadog.container.tag.</c>, and that before Datadog's own name.
    /// </summary>
    public static SortedDictionary<string, string> Of(ResourceAttributes attributes)
    {
        var tags = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in attributes.Strings)
        {
            if (Names.TryGetValue(key, out var name))
                tags.TryAdd(name, value);
        }

        foreach (var (key, value) in attributes.Strings)
        {
            if (key.Length > CustomPrefix.Length && key.StartsWith(CustomPrefix, StringComparison.Ordinal))
                tags.TryAdd(key[CustomPrefix.Length..], value);
        }

        foreach (var (key, value) in attributes.Strings)
        {
            if (DatadogNames.Contains(key))
                tags.TryAdd(key, value);
        }

        return tags;
    }

    /// <summary>Whether an attribute of a resource is a container's tag and nothing else: spans do not have it once more.</summary>
    public static bool IsConsumed(ReadOnlySpan<byte> key)
    {
        if (key.StartsWith("datadog.container.tag."u8))
            return true;
        if (key.Length >= DatadogNamesByLength.Length)
            return false;
        foreach (var name in DatadogNamesByLength[key.Length])
        {
            if (key.SequenceEqual(name))
                return true;
        }

        return false;
    }

    private static byte[][][] ByLength()
    {
        var byLength = DatadogNames.Select(Encoding.UTF8.GetBytes).ToLookup(name => name.Length);
        return [.. Enumerable.Range(0, byLength.Max(names => names.Key) + 1).Select(length => byLength[length].ToArray())];
    }
}
