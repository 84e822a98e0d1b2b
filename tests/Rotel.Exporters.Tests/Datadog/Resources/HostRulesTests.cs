using static Rotel.Exporters.Tests.Datadog.Resources.TestResource;

namespace Rotel.Exporters.Tests.Datadog.Resources;

/// <summary>Each rule for the host; attributes are written <c>key=value, key=value</c>.</summary>
public sealed class HostRulesTests
{
    [Theory]
    [InlineData("host=a, datadog.host.name=b, host.name=c", "a")]
    [InlineData("datadog.host.name=b, cloud.provider=aws, host.id=i-1, host.name=c", "b")]
    [InlineData("datadog.host.name=", "")]
    public void HostThatIsSetOnPurpose_GoesFirst(string attributes, string host) => Assert.Equal(host, HostOf(attributes));

    [Theory]
    [InlineData("cloud.provider=aws, host.id=i-0123, host.name=ip-10-0-0-1", "i-0123")]
    [InlineData("cloud.provider=aws, host.name=ip-10-0-0-1, k8s.node.name=n", Machine)]
    [InlineData("cloud.provider=azure, host.id=vm-id, host.name=vm", "vm-id")]
    [InlineData("cloud.provider=azure, host.name=vm", "vm")]
    [InlineData("cloud.provider=gcp, host.name=gke-1, cloud.account.id=project", "gke-1.project")]
    [InlineData("cloud.provider=gcp, host.name=vm.europe-west1-b.c.project.internal, cloud.account.id=project", "vm.project")]
    [InlineData("cloud.provider=gcp, host.name=two.dots, cloud.account.id=project", "two.dots.project")]
    [InlineData("cloud.provider=gcp, host.name=vm, host.id=1", Machine)]
    [InlineData("cloud.provider=gcp, cloud.account.id=project", Machine)]
    public void CloudProvider_NamesItsHostsItself(string attributes, string host) => Assert.Equal(host, HostOf(attributes));

    [Theory]
    [InlineData("k8s.node.name=node, k8s.cluster.name=prod, host.id=id, host.name=name", "node-prod")]
    [InlineData("k8s.node.name=node, host.id=id", "node")]
    [InlineData("cloud.provider=hetzner, k8s.node.name=node", "node")]
    [InlineData("host.id=id, host.name=name", "id")]
    [InlineData("host.name=name", "name")]
    public void OtherHosts_AreTheNodeOrTheIdOrTheName(string attributes, string host) => Assert.Equal(host, HostOf(attributes));

    [Theory]
    [InlineData("host.name=0.0.0.0")]
    [InlineData("host.name=127.0.0.1")]
    [InlineData("host.name=localhost")]
    [InlineData("host.name=localhost.localdomain")]
    [InlineData("host.name=localhost6.localdomain6")]
    [InlineData("host.name=ip6-localhost")]
    [InlineData("datadog.host.name=localhost")]
    [InlineData("host.name=, host.id=")]
    [InlineData("service.name=orders")]
    [InlineData("aws.ecs.launchtype=fargate, host.name=task")]
    public void HostThatSaysNothing_IsThisMachine(string attributes) => Assert.Equal(Machine, HostOf(attributes));

    [Fact]
    public void HostOfTheAgent_IsTakenWhereThereIsNoOther()
    {
        Assert.Equal("agent", HostOf("_dd.hostname=agent"));
        Assert.Equal("name", HostOf("_dd.hostname=agent, host.name=name"));
    }

    [Theory]
    [InlineData("aws.ecs.launchtype=fargate, aws.ecs.task.arn=arn:1, host.name=task")]
    [InlineData("cloud.platform=azure.container_apps, host.name=replica")]
    [InlineData("cloud.platform=azure_container_apps, host.name=replica")]
    [InlineData("cloud.platform=gcp_cloud_run, host.name=localhost")]
    [InlineData("cloud.platform=gcp_cloud_functions")]
    [InlineData("cloud.platform=aws_lambda, faas.name=f")]
    [InlineData("cloud.platform=azure_app_service, service.name=s, cloud.account.id=a, azure.resource_group.name=g, service.instance.id=i")]
    public void PlatformWithoutHosts_HasNone(string attributes) => Assert.Equal(string.Empty, HostOf(attributes));

    [Fact]
    public void AppServiceThatIsNotIdentified_HasAHost() =>
        Assert.Equal("vm", HostOf("cloud.platform=azure_app_service, service.name=s, host.name=vm"));

    private static string HostOf(string attributes)
    {
        var pairs = attributes.Split(", ").Select(pair => pair.Split('=', 2)).Select(pair => (pair[0], pair[1])).ToArray();
        return Text(Read(pairs).Host);
    }
}
