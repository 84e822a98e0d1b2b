using Microsoft.AspNetCore.Http;
using Rotel.TestKit;

namespace Rotel.Processors.Detection;

public sealed class Ec2DetectorTests
{
    private const string TokenRequest = "PUT /latest/api/token";
    private const string IdentityRequest = "GET /latest/dynamic/instance-identity/document";
    private const string HostnameRequest = "GET /latest/meta-data/hostname";
    private const string Token = "AQAEAsecrettokenofthesession==";

    private const string Identity = """
        {
          "accountId": "123456789012", "architecture": "x86_64", "availabilityZone": "us-west-2b", "imageId": "ami-5fb8c835",
          "instanceId": "i-1234567890abcdef0", "instanceType": "t2.micro", "privateIp": "10.158.112.84", "region": "us-west-2",
          "version": "2017-09-30", "billingProducts": null
        }
        """;

    private static readonly string[] Everything =
    [
        "cloud.account.id=123456789012",
        "cloud.availability_zone=us-west-2b",
        "cloud.platform=aws_ec2",
        "cloud.provider=aws",
        "cloud.region=us-west-2",
        "host.id=i-1234567890abcdef0",
        "host.image.id=ami-5fb8c835",
        "host.name=ip-10-158-112-84.us-west-2.compute.internal",
        "host.type=t2.micro",
    ];

    [Fact]
    public async Task Instance_IsDescribedToWhoHasAToken()
    {
        await using var server = await StartAsync();
        using var place = new Place { Server = server };

        var resource = await place.DetectAsync(ResourceDetector.Ec2);

        Assert.Equal(Everything, Place.Lines(resource));
        var requests = server.Requests;
        Assert.Equal(3, requests.Count);
        Assert.Equal(TokenRequest, requests[0].Request);
        Assert.Equal("60", requests[0].Headers["X-aws-ec2-metadata-token-ttl-seconds"]);
        Assert.Equal("0", requests[0].Headers["Content-Length"]);
        Assert.All(requests.Skip(1), request => Assert.Equal(Token, request.Headers["X-aws-ec2-metadata-token"]));
        Assert.All(requests, request => Assert.Equal("169.254.169.254", request.Headers["Host"]));
    }

    [Fact]
    public async Task Token_IsInNoLog()
    {
        await using var server = await StartAsync();
        server.On(HostnameRequest, context =>
        {
            context.Response.StatusCode = 500;
            return context.Response.WriteAsync(Token);
        });
        using var place = new Place { Server = server };
        using var log = new LogRecorder();

        (await place.DetectAsync(ResourceDetector.Ec2)).LogTo(log.CreateLogger("Rotel.Detection"));

        Assert.Equal([3080, 3081], log.Lines.Select(line => line.EventId));
        Assert.All(log.Lines, line => Assert.DoesNotContain("secret", line.ToString(), StringComparison.Ordinal));
        Assert.Contains("host.type", log.Lines[0].Message, StringComparison.Ordinal);
        Assert.Contains("HTTP 500", log.Lines[1].Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("two words")]
    [InlineData("tökén")]
    [InlineData("<html>\r\nX-Injected: 1</html>")]
    public async Task Token_ThatIsNone_IsNotUsed(string token)
    {
        await using var server = await StartAsync();
        server.On(TokenRequest, token);
        using var place = new Place { Server = server };

        var resource = await place.DetectAsync(ResourceDetector.Ec2);

        Assert.Empty(resource.Attributes);
        Assert.Equal("the metadata service does not answer as EC2's does", resource.Findings.Single().Problem);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task FirstVersion_OfTheService_IsNotUsed()
    {
        await using var server = (await MetadataServer.StartAsync()).On(IdentityRequest, Identity).On(HostnameRequest, "host");
        using var place = new Place { Server = server };

        var resource = await place.DetectAsync(ResourceDetector.Ec2);

        Assert.Empty(resource.Attributes);
        Assert.Equal("HTTP 404 from the metadata service", resource.Findings.Single().Problem);
    }

    [Fact]
    public async Task Identity_ThatCannotBeRead_LeavesTheRest()
    {
        await using var server = await StartAsync();
        server.On(IdentityRequest, "{\"instanceId\": 7}");
        using var place = new Place { Server = server };

        var resource = await place.DetectAsync(ResourceDetector.Ec2);

        Assert.Equal(["host.name=ip-10-158-112-84.us-west-2.compute.internal"], Place.Lines(resource));
        Assert.Equal("the metadata service's identity document cannot be read", resource.Findings.Single().Problem);
    }

    private static async Task<MetadataServer> StartAsync() => (await MetadataServer.StartAsync())
        .On(TokenRequest, Token)
        .On(IdentityRequest, Identity)
        .On(HostnameRequest, "ip-10-158-112-84.us-west-2.compute.internal");
}
