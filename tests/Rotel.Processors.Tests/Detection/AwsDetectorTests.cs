using Rotel.TestKit;

namespace Rotel.Processors.Detection;

public sealed class AwsDetectorTests
{
    private const string Container = """
        {
          "DockerId": "cd189a933e5849daa93386466019ab50-2495160603", "Name": "web", "DockerName": "ecs-web-24",
          "Image": "111122223333.dkr.ecr.us-west-2.amazonaws.com/web:1.2.3", "Labels": { "com.amazonaws.ecs.task-arn": "x" },
          "LogDriver": "awslogs",
          "LogOptions": { "awslogs-group": "/ecs/web", "awslogs-region": "eu-west-1", "awslogs-stream": "ecs/web/8f03e41243824aea923aca126495f665" },
          "ContainerARN": "arn:aws:ecs:us-west-2:111122223333:container/05966557-f16c-49cb-9352-24b3a0dcd0e1"
        }
        """;

    private const string Task = """
        {
          "Cluster": "arn:aws:ecs:us-west-2:111122223333:cluster/default",
          "TaskARN": "arn:aws:ecs:us-west-2:111122223333:task/default/e9028f8d5d8e4f258373e7b93ce9a3c3",
          "Family": "web", "Revision": "3", "LaunchType": "FARGATE", "AvailabilityZone": "us-west-2a", "Containers": []
        }
        """;

    private static readonly string[] OfContainer =
    [
        "aws.ecs.container.arn=arn:aws:ecs:us-west-2:111122223333:container/05966557-f16c-49cb-9352-24b3a0dcd0e1",
        "aws.log.group.arns=[arn:aws:logs:eu-west-1:111122223333:log-group:/ecs/web:*]",
        "aws.log.group.names=[/ecs/web]",
        "aws.log.stream.arns=[arn:aws:logs:eu-west-1:111122223333:log-group:/ecs/web:log-stream:ecs/web/8f03e41243824aea923aca126495f665]",
        "aws.log.stream.names=[ecs/web/8f03e41243824aea923aca126495f665]",
        "cloud.platform=aws_ecs",
        "cloud.provider=aws",
        "cloud.resource_id=arn:aws:ecs:us-west-2:111122223333:container/05966557-f16c-49cb-9352-24b3a0dcd0e1",
        "container.id=cd189a933e5849daa93386466019ab50-2495160603",
        "container.name=ecs-web-24",
    ];

    private static readonly string[] OfTask =
    [
        "aws.ecs.cluster.arn=arn:aws:ecs:us-west-2:111122223333:cluster/default",
        "aws.ecs.launchtype=fargate",
        "aws.ecs.task.arn=arn:aws:ecs:us-west-2:111122223333:task/default/e9028f8d5d8e4f258373e7b93ce9a3c3",
        "aws.ecs.task.family=web",
        "aws.ecs.task.id=e9028f8d5d8e4f258373e7b93ce9a3c3",
        "aws.ecs.task.revision=3",
        "cloud.account.id=111122223333",
        "cloud.availability_zone=us-west-2a",
        "cloud.region=us-west-2",
    ];

    [Fact]
    public async Task Lambda_IsDescribed()
    {
        using var place = new Place()
            .Variable("AWS_LAMBDA_FUNCTION_NAME", "orders")
            .Variable("AWS_LAMBDA_FUNCTION_VERSION", "7")
            .Variable("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")
            .Variable("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/orders")
            .Variable("AWS_LAMBDA_LOG_STREAM_NAME", "2026/06/28/[7]2f399eb14537447da05ab2a2e39309de")
            .Variable("AWS_REGION", "eu-west-1")
            .Variable("AWS_SECRET_ACCESS_KEY", "secret");

        var found = await place.FindAsync(ResourceDetector.Aws);

        Assert.Equal(
            [
                "aws.log.group.names=[/aws/lambda/orders]",
                "aws.log.stream.names=[2026/06/28/[7]2f399eb14537447da05ab2a2e39309de]",
                "cloud.platform=aws_lambda",
                "cloud.provider=aws",
                "cloud.region=eu-west-1",
                "faas.instance=2026/06/28/[7]2f399eb14537447da05ab2a2e39309de",
                "faas.max_memory=int 134217728",
                "faas.name=orders",
                "faas.version=7",
            ],
            found);
    }

    [Fact]
    public async Task Task_OnFargate_IsDescribed()
    {
        await using var server = (await MetadataServer.StartAsync()).On("GET /v4/cd18", Container).On("GET /v4/cd18/task", Task);
        using var place = EcsPlace(server, "http://169.254.170.2/v4/cd18");

        var found = await place.FindAsync(ResourceDetector.Aws);

        Assert.Equal([.. OfContainer.Concat(OfTask).Order(StringComparer.Ordinal)], found);
        Assert.All(server.Requests, request => Assert.Equal("169.254.170.2", request.Headers["Host"]));
    }

    [Fact]
    public async Task Task_InAnotherPartition_KeepsIt()
    {
        const string OnEc2 = """
            { "Cluster": "default", "TaskARN": "arn:aws-cn:ecs:cn-north-1:111122223333:task/158d1c8083dd49d6b527399fd6414f5c", "LaunchType": "EC2" }
            """;
        await using var server = (await MetadataServer.StartAsync()).On("GET /v4/cd18", "{\"LogDriver\": \"json-file\"}").On("GET /v4/cd18/task", OnEc2);
        using var place = EcsPlace(server, "http://169.254.170.2/v4/cd18/");

        var found = await place.FindAsync(ResourceDetector.Aws);

        Assert.Equal(
            [
                "aws.ecs.cluster.arn=arn:aws-cn:ecs:cn-north-1:111122223333:cluster/default",
                "aws.ecs.launchtype=ec2",
                "aws.ecs.task.arn=arn:aws-cn:ecs:cn-north-1:111122223333:task/158d1c8083dd49d6b527399fd6414f5c",
                "aws.ecs.task.id=158d1c8083dd49d6b527399fd6414f5c",
                "cloud.account.id=111122223333",
                "cloud.platform=aws_ecs",
                "cloud.provider=aws",
                "cloud.region=cn-north-1",
            ],
            found);
    }

    [Fact]
    public async Task Answer_ThatHangs_LeavesTheOther()
    {
        await using var server = (await MetadataServer.StartAsync()).On("GET /v4/cd18", Container).Hang("GET /v4/cd18/task");
        var time = new ManualTime();
        using var place = EcsPlace(server, "http://169.254.170.2/v4/cd18", time);
        var detection = place.DetectAsync(TimeSpan.FromSeconds(2), ResourceDetector.Aws);

        await Watchdog.WaitAsync(server.Hung, "the request that hangs", TestContext.Current.CancellationToken);

        // The other request's answer is read in parallel; its attributes are either there or it was cut, too. What counts is that both end.
        time.Fire();
        var resource = await detection;

        Assert.Contains("cloud.platform=aws_ecs", Place.Lines(resource));
        Assert.NotNull(resource.Findings.Single().Problem);
        Assert.DoesNotContain(resource.Attributes, attribute => attribute.Key == "aws.ecs.task.arn");
    }

    [Fact]
    public async Task Answer_ThatFails_LeavesTheOther()
    {
        await using var server = (await MetadataServer.StartAsync()).On("GET /v4/cd18", Container).On("GET /v4/cd18/task", "not json");
        using var place = EcsPlace(server, "http://169.254.170.2/v4/cd18");

        var resource = await place.DetectAsync(ResourceDetector.Aws);

        Assert.Equal(OfContainer, Place.Lines(resource));
        Assert.Equal("the metadata service does not answer as that of ECS does", resource.Findings.Single().Problem);
    }

    [Theory]
    [InlineData("not a url")]
    [InlineData("file:///etc/passwd")]
    [InlineData("/v4/secret")]
    public async Task Endpoint_ThatIsNone_IsNotAsked(string endpoint)
    {
        await using var server = await MetadataServer.StartAsync();
        using var place = EcsPlace(server, endpoint);

        var resource = await place.DetectAsync(ResourceDetector.Aws);

        Assert.Equal(["cloud.platform=aws_ecs", "cloud.provider=aws"], Place.Lines(resource));
        Assert.Equal("ECS_CONTAINER_METADATA_URI_V4 is not the URL of a metadata endpoint", resource.Findings.Single().Problem);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task Place_ElsewhereThanAws_IsNotAsked()
    {
        await using var server = await MetadataServer.StartAsync();
        using var place = new Place { Server = server }.Variable("AWS_REGION", "eu-west-1");

        Assert.Empty(await place.FindAsync(ResourceDetector.Aws));
        Assert.Empty(server.Requests);
    }

    private static Place EcsPlace(MetadataServer server, string endpoint, TimeProvider? time = null) =>
        new Place { Server = server, Time = time ?? TimeProvider.System }.Variable("ECS_CONTAINER_METADATA_URI_V4", endpoint);
}
