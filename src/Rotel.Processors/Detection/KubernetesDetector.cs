namespace Rotel.Processors.Detection;

/// <summary>
/// The pod (https://opentelemetry.io/docs/specs/semconv/resource/k8s/), by what its manifest passes on with the downward API, under the
/// names in common use, and by the traces that the kubelet leaves in every container. The cluster's API is not asked: that takes rights
/// which a pod has not got by itself.
/// </summary>
internal sealed class KubernetesDetector : IResourceDetector
{
    private const string PodInfo = "/etc/podinfo/";
    private const string ServiceAccount = "/var/run/secrets/kubernetes.io/serviceaccount";
    private const string TerminationLog = "/dev/termination-log";

    /// <summary>More than any pod has; each is an attribute on every resource.</summary>
    private const int MaxLabels = 64;

    private static readonly string[] ClusterVariables = ["K8S_CLUSTER_NAME"];
    private static readonly string[] NodeVariables = ["K8S_NODE_NAME", "OTEL_RESOURCE_ATTRIBUTES_NODE_NAME", "NODE_NAME"];
    private static readonly string[] NamespaceVariables =
        ["K8S_NAMESPACE_NAME", "K8S_POD_NAMESPACE", "OTEL_RESOURCE_ATTRIBUTES_POD_NAMESPACE", "POD_NAMESPACE"];
    private static readonly string[] PodNameVariables = ["K8S_POD_NAME", "OTEL_RESOURCE_ATTRIBUTES_POD_NAME", "POD_NAME"];
    private static readonly string[] PodUidVariables = ["K8S_POD_UID", "OTEL_RESOURCE_ATTRIBUTES_POD_UID", "POD_UID"];
    private static readonly string[] ContainerNameVariables = ["K8S_CONTAINER_NAME"];
    private static readonly string[] PodNameFiles = [PodInfo + "name", PodInfo + "pod-name", PodInfo + "pod_name", PodInfo + "podname"];

    public bool MayBlock => true;

    public ValueTask DetectAsync(DetectionContext context, DetectorFindings findings, CancellationToken cancellationToken)
    {
        var (surroundings, files) = (context.Surroundings, context.Files);
        if (surroundings.Variable("KUBERNETES_SERVICE_HOST") is null && !files.Exists(ServiceAccount) && !files.Exists(PodInfo))
            return ValueTask.CompletedTask;

        findings.Add(ResourceAttributeNames.K8sClusterName, surroundings.Variable(ClusterVariables));
        findings.Add(ResourceAttributeNames.K8sNodeName, surroundings.Variable(NodeVariables));
        findings.Add(
            ResourceAttributeNames.K8sNamespaceName,
            surroundings.Variable(NamespaceVariables) ?? files.Read(PodInfo + "namespace") ?? files.Read(ServiceAccount + "/namespace"));
        findings.Add(
            ResourceAttributeNames.K8sPodName,
            surroundings.Variable(PodNameVariables) ?? PodNameFiles.Select(files.Read).FirstOrDefault(static name => name is not null));
        var (uid, container) = FromMountInfo(files.Read(ContainerSigns.MountInfoFile) ?? "");
        findings.Add(ResourceAttributeNames.K8sPodUid, surroundings.Variable(PodUidVariables) ?? files.Read(PodInfo + "uid") ?? uid);
        findings.Add(ResourceAttributeNames.K8sContainerName, surroundings.Variable(ContainerNameVariables) ?? container);
        AddLabels(files.Read(PodInfo + "labels") ?? "", findings);
        return ValueTask.CompletedTask;
    }

    /// <summary>
    /// The kubelet keeps <c>/etc/hosts</c> in <c>…/pods/{uid}/etc-hosts</c>, and a container's termination message in
    /// <c>…/pods/{uid}/containers/{name}/{number}</c>.
    /// </summary>
    private static (string? Uid, string? Container) FromMountInfo(string mountInfo)
    {
        string? uid = null;
        string? container = null;
        foreach (var root in ContainerIds.EtcMounts(mountInfo, TerminationLog))
        {
            var segments = root.Split('/');
            var pods = Array.IndexOf(segments, "pods");
            if (pods < 0 || pods + 2 >= segments.Length || !IsUid(segments[pods + 1]))
                continue;
            if (segments[pods + 2] == "etc-hosts")
                uid ??= segments[pods + 1];
            if (segments[pods + 2] == "containers" && pods + 3 < segments.Length)
            {
                uid ??= segments[pods + 1];
                container ??= segments[pods + 3];
            }
        }

        return (uid, container);
    }

    /// <summary>A UUID; of a static pod, a digest of its manifest.</summary>
    private static bool IsUid(string text) => text.Length is 36 or 32 && Guid.TryParse(text, out _);

    /// <summary>
    /// Lines of <c>name="value"</c>. Annotations are not taken: what controllers write there is long, and may be more than names.
    /// </summary>
    private static void AddLabels(string text, DetectorFindings findings)
    {
        var labels = 0;
        foreach (var line in text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var split = line.IndexOf("=\"", StringComparison.Ordinal);
            if (split <= 0 || line.Length < split + 3 || line[^1] != '"')
                continue;
            if (++labels > MaxLabels)
            {
                findings.Fail($"the pod has more than {MaxLabels} labels");
                return;
            }

            findings.Add(ResourceAttributeNames.K8sPodLabelPrefix + line[..split], line[(split + 2)..^1]);
        }
    }
}
