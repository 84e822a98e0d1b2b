using System.Net;
using Microsoft.AspNetCore.Http;

namespace Rotel.Processors.Detection;

public sealed class AzureVmDetectorTests
{
    private const string Request = "GET /metadata/instance/compute?api-version=2021-02-01&format=json";

    private const string Compute = """
        {
          "azEnvironment": "AzurePublicCloud", "location": "westeurope", "name": "shop-1", "osType": "Linux",
          "publicKeys": [{ "keyData": "ssh-rsa 0", "path": "/home/user/.ssh/authorized_keys" }],
          "resourceGroupName": "shop-rg", "resourceId": "/subscriptions/8d10/resourceGroups/shop-rg/providers/Microsoft.Compute/virtualMachines/shop-1",
          "subscriptionId": "8d10", "tags": "", "version": "15.05.22", "vmId": "02aab8a4-74ef-476e-8182-f6d2ba4166a6",
          "vmScaleSetName": "shops", "vmSize": "Standard_A3", "zone": "2"
        }
        """;

    [Fact]
    public async Task VirtualMachine_IsDescribed()
    {
        await using var server = (await MetadataServer.StartAsync()).On(Request, Compute);
        using var place = new Place { Server = server };

        var found = await place.FindAsync(ResourceDetector.AzureVm);

        Assert.Equal(
            [
                "azure.resource_group.name=shop-rg",
                "azure.vm.scaleset.name=shops",
                "cloud.account.id=8d10",
                "cloud.availability_zone=2",
                "cloud.platform=azure.vm",
                "cloud.provider=azure",
                "cloud.region=westeurope",
                "cloud.resource_id=/subscriptions/8d10/resourceGroups/shop-rg/providers/Microsoft.Compute/virtualMachines/shop-1",
                "host.id=02aab8a4-74ef-476e-8182-f6d2ba4166a6",
                "host.name=shop-1",
                "host.type=Standard_A3",
            ],
            found);
        var headers = Assert.Single(server.Requests).Headers;
        Assert.Equal("169.254.169.254", headers["Host"]);
        Assert.Equal("true", headers["Metadata"]);
        Assert.DoesNotContain("traceparent", headers);
    }

    [Theory]
    [InlineData("{\"vmScaleSetName\": \"\", \"zone\": 1, \"vmId\": \"id\", \"name\": \"half \\ud800\"}", "host.id=id")]
    public async Task Members_OfAnotherType_AreLeftOut(string answer, string expected)
    {
        await using var server = (await MetadataServer.StartAsync()).On(Request, answer);
        using var place = new Place { Server = server };

        var found = await place.FindAsync(ResourceDetector.AzureVm);

        Assert.Equal(["cloud.platform=azure.vm", "cloud.provider=azure", expected], found);
    }

    [Theory]
    [InlineData("<html>hello from the secret proxy</html>")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("{\"vmId\": null}")]
    [InlineData("{\"vmId\": \"secret\"")]
    [InlineData("")]
    public async Task Answer_OfSomethingElse_IsNotBelievedAndNotRepeated(string answer)
    {
        await using var server = (await MetadataServer.StartAsync()).On(Request, answer);
        using var place = new Place { Server = server };

        var resource = await place.DetectAsync(ResourceDetector.AzureVm);

        Assert.Empty(resource.Attributes);
        Assert.Equal("the metadata service does not answer as Azure's does", resource.Findings.Single().Problem);
    }

    [Fact]
    public async Task Service_ThatIsNotThere_IsSaid()
    {
        await using var server = await MetadataServer.StartAsync();
        using var place = new Place { Server = server };

        var resource = await place.DetectAsync(ResourceDetector.AzureVm);

        Assert.Empty(resource.Attributes);
        Assert.Equal("HTTP 404 from the metadata service", resource.Findings.Single().Problem);
    }

    [Fact]
    public async Task Proxy_OfTheSystem_IsPassedBy()
    {
        await using var server = (await MetadataServer.StartAsync()).On(Request, Compute);
        using var place = new Place { Server = server };
        var before = HttpClient.DefaultProxy;
        HttpClient.DefaultProxy = new WebProxy("http://proxy.test:3128");
        try
        {
            Assert.NotEmpty(await place.FindAsync(ResourceDetector.AzureVm));
        }
        finally
        {
            HttpClient.DefaultProxy = before;
        }

        Assert.Equal(["169.254.169.254:80"], server.Connections);
    }

    [Fact]
    public async Task Redirect_IsNotFollowed()
    {
        await using var server = (await MetadataServer.StartAsync()).On("GET /elsewhere", Compute);
        server.On(Request, context =>
        {
            context.Response.Redirect("/elsewhere");
            return Task.CompletedTask;
        });
        using var place = new Place { Server = server };

        var resource = await place.DetectAsync(ResourceDetector.AzureVm);

        Assert.Empty(resource.Attributes);
        Assert.Equal("HTTP 302 from the metadata service", resource.Findings.Single().Problem);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Answer_WithoutEnd_IsBounded()
    {
        await using var server = (await MetadataServer.StartAsync()).On(Request, async context =>
        {
            while (!context.RequestAborted.IsCancellationRequested)
                await context.Response.WriteAsync(new string(' ', 10_000), context.RequestAborted);
        });
        using var place = new Place { Server = server };

        var resource = await place.DetectAsync(ResourceDetector.AzureVm);

        Assert.Equal("the metadata service answered more than 256 KiB", resource.Findings.Single().Problem);
    }
}
