using System.Text;

namespace Rotel.Processors.Detection;

public sealed class KubernetesDetectorTests
{
    private const string Pod = "7d4b3f7e-0c7c-4b6a-9f2e-8a3c1d2e4f5a";
    private const string OtherPod = "11111111-0c7c-4b6a-9f2e-8a3c1d2e4f5a";

    [Theory]
    [InlineData("K8S_POD_NAME", "K8S_POD_UID", "K8S_NAMESPACE_NAME", "K8S_NODE_NAME")]
    [InlineData("OTEL_RESOURCE_ATTRIBUTES_POD_NAME", "OTEL_RESOURCE_ATTRIBUTES_POD_UID", "K8S_POD_NAMESPACE", "OTEL_RESOURCE_ATTRIBUTES_NODE_NAME")]
    [InlineData("POD_NAME", "POD_UID", "POD_NAMESPACE", "NODE_NAME")]
    public async Task Pod_InTheEnvironment_IsDescribed(string pod, string uid, string space, string node)
    {
        using var place = new Place()
            .Variable("KUBERNETES_SERVICE_HOST", "10.0.0.1")
            .Variable(pod, "shop-5b9c")
            .Variable(uid, Pod)
            .Variable(space, "prod")
            .Variable(node, "node-1")
            .Variable("K8S_CLUSTER_NAME", "east")
            .Variable("K8S_CONTAINER_NAME", "web");

        var found = await place.FindAsync(ResourceDetector.K8s);

        Assert.Equal(
            [
                "k8s.cluster.name=east",
                "k8s.container.name=web",
                "k8s.namespace.name=prod",
                "k8s.node.name=node-1",
                "k8s.pod.name=shop-5b9c",
                $"k8s.pod.uid={Pod}",
            ],
            found);
    }

    [Theory]
    [InlineData("name")]
    [InlineData("pod-name")]
    [InlineData("pod_name")]
    [InlineData("podname")]
    public async Task Pod_InFilesOfTheDownwardApi_IsDescribed(string nameFile)
    {
        using var place = new Place()
            .File($"/etc/podinfo/{nameFile}", "shop-5b9c")
            .File("/etc/podinfo/uid", Pod)
            .File("/etc/podinfo/namespace", "prod")
            .File("/etc/podinfo/labels", "app=\"shop\"\napp.kubernetes.io/part-of=\"store\"\nempty=\"\"\nbroken\n=\"x\"\n")
            .File("/etc/podinfo/annotations", "token=\"secret\"\n");

        var found = await place.FindAsync(ResourceDetector.K8s);

        Assert.Equal(
            [
                "k8s.namespace.name=prod",
                "k8s.pod.label.app=shop",
                "k8s.pod.label.app.kubernetes.io/part-of=store",
                "k8s.pod.name=shop-5b9c",
                $"k8s.pod.uid={Pod}",
            ],
            found);
    }

    [Theory]
    [InlineData("/var/lib/kubelet/pods/")]
    [InlineData("/pods/")]
    public async Task Pod_ThatPassesNothingOn_IsKnownByTheKubeletsTraces(string pods)
    {
        using var place = new Place()
            .File("/var/run/secrets/kubernetes.io/serviceaccount/namespace", "prod\n")
            .File(
                "/proc/self/mountinfo",
                $"20 1 254:1 {pods}{OtherPod}/volumes/kubernetes.io~empty-dir/x /host/pods rw - xfs /dev/sda1 rw\n"
                + $"21 1 254:1 {pods}{Pod}/etc-hosts /etc/hosts rw - xfs /dev/sda1 rw\n"
                + $"22 1 254:1 {pods}{Pod}/containers/web/ce9afec3 /dev/termination-log rw - xfs /dev/sda1 rw\n");

        var found = await place.FindAsync(ResourceDetector.K8s);

        Assert.Equal(["k8s.container.name=web", "k8s.namespace.name=prod", $"k8s.pod.uid={Pod}"], found);
    }

    [Fact]
    public async Task Labels_WithoutEnd_AreCut()
    {
        var labels = new StringBuilder();
        for (var i = 0; i < 100; i++)
            labels.Append(FormattableString.Invariant($"l{i}=\"v\"\n"));
        using var place = new Place().File("/etc/podinfo/labels", labels.ToString());

        var resource = await place.DetectAsync(ResourceDetector.K8s);

        Assert.Equal(64, resource.Attributes.Count);
        Assert.Equal("the pod has more than 64 labels", resource.Findings.Single().Problem);
    }

    [Fact]
    public async Task Variables_OutsideOfAPod_MeanSomethingElse()
    {
        using var place = new Place().Variable("POD_NAME", "x").Variable("NODE_NAME", "x").Variable("K8S_CLUSTER_NAME", "x");

        Assert.Empty(await place.FindAsync(ResourceDetector.K8s));
    }
}
