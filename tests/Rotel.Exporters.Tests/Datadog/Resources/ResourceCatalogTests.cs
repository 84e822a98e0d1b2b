using System.Globalization;
using System.Net;
using System.Text;
using Google.Protobuf;
using OpenTelemetry.Proto.Common.V1;
using Rotel.Exporters.Datadog;
using Rotel.Exporters.Datadog.Resources;
using Rotel.Otlp.Readers;
using Rotel.TestKit.Telemetry;
using static Rotel.Exporters.Tests.Datadog.Resources.TestResource;

namespace Rotel.Exporters.Tests.Datadog.Resources;

public sealed class ResourceCatalogTests
{
    [Fact]
    public void UnifiedServiceTags_AreOfTheResource()
    {
        var resource = Read(
            ("service.name", "Orders API"),
            ("service.version", "8.14.2 RC"),
            ("deployment.environment", "old"),
            ("deployment.environment.name", "Production"));

        Assert.Equal("Orders API", Text(resource.Service));
        Assert.Equal("orders_api", Text(resource.SpanService));
        Assert.Equal("production", Text(resource.Environment));
        Assert.Equal("8.14.2_rc", Text(resource.Version));
        Assert.Equal(["env:Production", "service:Orders API", "version:8.14.2 RC"], Texts(resource.Tags));
    }

    [Theory]
    [InlineData("deployment.environment", "stage", null, null, "stage")]
    [InlineData("deployment.environment.name", "", "own", null, "own")]
    [InlineData("other", "x", "own", "rotel", "own")]
    [InlineData("other", "x", null, "rotel", "rotel")]
    [InlineData("other", "x", null, null, "none")]
    public void Environment_IsTheResourcesThenTheExportersThenRotels(string key, string value, string? own, string? rotel, string expected)
    {
        var resource = TestResource.Read(new ResourceCatalog(Options(own), Pool, rotel), Of((key, value)));

        Assert.Equal(expected, Text(resource.Environment));
        Assert.Equal(expected == "none" ? [] : [$"env:{expected}"], Texts(resource.Tags));
    }

    [Fact]
    public void ResourceWithoutAttributes_HasDefaults()
    {
        var resource = Read();

        Assert.Equal((string.Empty, "otlpresourcenoservicename"), (Text(resource.Service), Text(resource.SpanService)));
        Assert.Equal((Machine, "none", string.Empty), (Text(resource.Host), Text(resource.Environment), Text(resource.Version)));
        Assert.Equal((string.Empty, "otlp-"), (Text(resource.Language), Text(resource.TracerVersion)));
        Assert.Empty(resource.ContainerId);
        Assert.Empty(resource.Tags);
        Assert.Empty(resource.LogTagList);
        Assert.Empty(resource.ContainerTagList);
    }

    [Fact]
    public void Host_IsOfTheMachineWhereNobodySaysOtherwise()
    {
        var resource = TestResource.Read(new ResourceCatalog(new DatadogExporterOptions(), Pool), Of(("service.name", "orders")));

        Assert.Equal(Dns.GetHostName(), Text(resource.Host));
    }

    [Fact]
    public void Tracer_IsOfTheSdk()
    {
        var resource = Read(("telemetry.sdk.language", "dotnet"), ("telemetry.sdk.version", "1.20.1"));

        Assert.Equal("dotnet", Text(resource.Language));
        Assert.Equal("otlp-1.20.1", Text(resource.TracerVersion));
    }

    [Fact]
    public void ContainerId_IsOfTheContainerElseOfThePod()
    {
        Assert.Equal("c1", Text(Read(("k8s.pod.uid", "p1"), ("container.id", "c1")).ContainerId));
        Assert.Equal("p1", Text(Read(("k8s.pod.uid", "p1")).ContainerId));
    }

    [Theory]
    [InlineData("container.id", "container_id")]
    [InlineData("container.name", "container_name")]
    [InlineData("container.image.name", "image_name")]
    [InlineData("container.image.tag", "image_tag")]
    [InlineData("container.runtime", "runtime")]
    [InlineData("cloud.provider", "cloud_provider")]
    [InlineData("cloud.region", "region")]
    [InlineData("cloud.availability_zone", "zone")]
    [InlineData("aws.ecs.task.family", "task_family")]
    [InlineData("aws.ecs.task.arn", "task_arn")]
    [InlineData("aws.ecs.cluster.arn", "ecs_cluster_name")]
    [InlineData("aws.ecs.task.revision", "task_version")]
    [InlineData("aws.ecs.container.arn", "ecs_container_name")]
    [InlineData("k8s.container.name", "kube_container_name")]
    [InlineData("k8s.cluster.name", "kube_cluster_name")]
    [InlineData("k8s.deployment.name", "kube_deployment")]
    [InlineData("k8s.replicaset.name", "kube_replica_set")]
    [InlineData("k8s.statefulset.name", "kube_stateful_set")]
    [InlineData("k8s.daemonset.name", "kube_daemon_set")]
    [InlineData("k8s.job.name", "kube_job")]
    [InlineData("k8s.cronjob.name", "kube_cronjob")]
    [InlineData("k8s.namespace.name", "kube_namespace")]
    [InlineData("k8s.pod.name", "pod_name")]
    [InlineData("datadog.container.tag.team", "team")]
    public void ContainerTag_HasDatadogsName(string attribute, string tag)
    {
        var resource = Read((attribute, "Value"));

        Assert.Equal([$"{tag}:Value"], Texts(resource.ContainerTags));
        Assert.Contains($"{tag}:Value", Texts(resource.Tags));
    }

    [Fact]
    public void ContainerTags_AreSortedAndJoined()
    {
        var resource = Read(
            ("k8s.pod.name", "pod"),
            ("container.name", "a,b"),
            ("datadog.container.tag.container_name", "custom"),
            ("container_name", "own"),
            ("image_tag", "v1"),
            ("datadog.container.tag.image_tag", "v2"),
            ("datadog.container.tag.", "x"),
            ("datadog.container.tag.z", ""));

        Assert.Equal(["container_name:a,b", "image_tag:v2", "pod_name:pod"], Texts(resource.ContainerTags));
        Assert.Equal("container_name:a_b,image_tag:v2,pod_name:pod", Text(resource.ContainerTagList));
    }

    [Theory]
    [InlineData("datadog.container.tag.x", true)]
    [InlineData("container_id", true)]
    [InlineData("kube_stateful_set", true)]
    [InlineData("container.id", false)]
    [InlineData("service.name", false)]
    [InlineData("", false)]
    public void ContainerTagByDatadogsName_IsConsumed(string attribute, bool isConsumed) =>
        Assert.Equal(isConsumed, ContainerTags.IsConsumed(Encoding.UTF8.GetBytes(attribute)));

    [Theory]
    [InlineData("tags.datadoghq.com/env", "env")]
    [InlineData("tags.datadoghq.com/service", "service")]
    [InlineData("tags.datadoghq.com/version", "version")]
    [InlineData("app.kubernetes.io/name", "kube_app_name")]
    [InlineData("app.kubernetes.io/instance", "kube_app_instance")]
    [InlineData("app.kubernetes.io/version", "kube_app_version")]
    [InlineData("app.kubernetes.io/component", "kube_app_component")]
    [InlineData("app.kubernetes.io/part-of", "kube_app_part_of")]
    [InlineData("app.kubernetes.io/managed-by", "kube_app_managed_by")]
    [InlineData("service.instance.id", "service.instance.id")]
    [InlineData("os.type", "os.type")]
    [InlineData("kube_qos", "kube_qos")]
    [InlineData("git.commit.sha", "git.commit.sha")]
    [InlineData("process.command_line", "process.command_line")]
    public void Tag_HasDatadogsName(string attribute, string tag) => Assert.Equal([$"{tag}:Value"], Texts(Read((attribute, "Value")).Tags));

    [Fact]
    public void Process_IsToldByTheFirstOfItsNames() => Assert.Equal(
        ["process.executable.path:/bin/orders"],
        Texts(Read(("process.command", "orders"), ("process.executable.path", "/bin/orders")).Tags));

    [Fact]
    public void OwnTags_AreOnEveryResource()
    {
        var options = Options();
        options.Tags["team"] = "checkout";

        var resource = TestResource.Read(new ResourceCatalog(options, Pool), Of(("service.name", "a")));

        Assert.Equal(["service:a", "team:checkout"], Texts(resource.Tags));
    }

    [Fact]
    public void AllAttributes_AreTagsOfMetricsOnlyWhereItIsSetSo()
    {
        var resource = Of(("service.name", "a"), ("rack", "17"));
        resource.Attributes.Add(new KeyValue { Key = "cores", Value = new AnyValue { IntValue = 8 } });
        var options = Options();
        options.ResourceAttributesAsTags = true;

        var all = TestResource.Read(new ResourceCatalog(options, Pool), resource);

        Assert.Equal(["cores:8", "rack:17", "service.name:a", "service:a"], Texts(all.Tags));
        Assert.Equal("service:a", Text(all.LogTagList));
        Assert.Equal(["service:a"], Texts(TestResource.Read(new ResourceCatalog(Options(), Pool), resource).Tags));
    }

    [Fact]
    public void TextOfAttributes_MayBeOfAnyKind()
    {
        var resource = Of();
        resource.Attributes.Add(new KeyValue { Key = "service.name", Value = new AnyValue { IntValue = 7 } });
        resource.Attributes.Add(new KeyValue { Key = "host", Value = new AnyValue { DoubleValue = 1.5 } });

        var read = TestResource.Read(new ResourceCatalog(Options(), Pool), resource);

        Assert.Equal(("7", "1.5"), (Text(read.Service), Text(read.Host)));
    }

    [Fact]
    public void SameResource_IsMadeOnceAndFoundWithoutAllocation()
    {
        var catalog = new ResourceCatalog(Options(), Pool);
        var wire = new StandardLoad().Logs(1).ResourceLogs[0].Resource.ToByteArray();
        var known = catalog.Of(ResourceReader.Read(wire));

        var before = GC.GetAllocatedBytesForCurrentThread();
        var again = catalog.Of(ResourceReader.Read(wire));
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Same(known, again);
        Assert.Equal(0, allocated);
    }

    [Fact]
    public void Cache_IsBoundedAndKeepsWhatIsUsed()
    {
        var cache = new ResourceCache();
        var used = Read(("service.name", "used"));
        cache.Keep("used"u8, used);
        for (var i = 0; i < 10 * ResourceCache.MaxResources; i++)
        {
            cache.Keep(Encoding.UTF8.GetBytes(i.ToString(CultureInfo.InvariantCulture)), used);
            Assert.True(cache.TryGet("used"u8, out var found));
            Assert.Same(used, found);
        }

        Assert.InRange(cache.Count, ResourceCache.MaxResources, 2 * ResourceCache.MaxResources);
        Assert.False(cache.TryGet("0"u8, out _));
    }

    [Fact]
    public void Cache_IsBoundedInBytes()
    {
        var cache = new ResourceCache();
        var resource = Read();
        for (var i = 0; i < 200; i++)
        {
            var wire = new byte[ResourceCache.MaxResourceBytes];
            wire[0] = (byte)i;
            cache.Keep(wire, resource);
        }

        cache.Keep(new byte[ResourceCache.MaxResourceBytes + 1], resource);

        Assert.InRange(cache.Count, 1, 2 * ResourceCache.MaxBytes / ResourceCache.MaxResourceBytes);
        Assert.False(cache.TryGet(new byte[ResourceCache.MaxResourceBytes + 1], out _));
    }

    [Fact]
    public async Task Catalog_IsSafeForConcurrentUse()
    {
        var catalog = new ResourceCatalog(Options(), Pool);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(worker => Task.Run(
            () =>
            {
                for (var i = 0; i < 3_000; i++)
                {
                    var name = ((i * (worker + 1)) % 2_500).ToString(CultureInfo.InvariantCulture);
                    Assert.Equal(name, Text(TestResource.Read(catalog, Of(("service.name", name))).Service));
                }
            },
            TestContext.Current.CancellationToken)));
    }
}
