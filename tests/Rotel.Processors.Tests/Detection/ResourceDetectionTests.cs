using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Rotel.TestKit;

namespace Rotel.Processors.Detection;

public sealed class ResourceDetectionTests
{
    private const string AzureRequest = "GET /metadata/instance/compute?api-version=2021-02-01&format=json";

    [Fact]
    public async Task Attribute_ThatSeveralFind_IsThatOfTheFirst()
    {
        using var place = new Place()
            .Variable("OTEL_RESOURCE_ATTRIBUTES", "host.name=chosen,service.name=mine")
            .Variable("CONTAINER_APP_NAME", "app");

        var first = await place.DetectAsync(ResourceDetector.Env, ResourceDetector.Host, ResourceDetector.Azure);
        var last = await place.DetectAsync(ResourceDetector.Azure, ResourceDetector.Env);

        Assert.Contains("host.name=chosen", Place.Lines(first));
        Assert.Contains("service.name=mine", Place.Lines(first));
        Assert.Contains("service.name=app", Place.Lines(last));
        Assert.Equal(first.Attributes.Select(attribute => attribute.Key).Order(StringComparer.Ordinal), first.Attributes.Select(attribute => attribute.Key));
    }

    [Fact]
    public async Task Services_ThatHang_AreLeftAtTheDeadline()
    {
        await using var server = (await MetadataServer.StartAsync()).Hang(AzureRequest).Hang("PUT /latest/api/token");
        var time = new ManualTime();
        using var place = new Place { Server = server, Time = time }.Variable("OTEL_SERVICE_NAME", "shop");
        var detection = place.DetectAsync(TimeSpan.FromSeconds(2), ResourceDetector.Env, ResourceDetector.AzureVm, ResourceDetector.Ec2);
        await Watchdog.WaitAsync(server.Hung, "the request that hangs", TestContext.Current.CancellationToken);
        Assert.False(detection.IsCompleted);

        time.Fire();
        var resource = await detection;

        Assert.Equal(["service.name=shop"], Place.Lines(resource));
        Assert.Equal([true, false, false], resource.Findings.Select(findings => findings.Problem is null));
    }

    [Fact]
    public async Task File_ThatHangs_IsLeftAtTheDeadline()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "A named pipe stands for a file system that does not answer.");
        var time = new ManualTime();
        using var place = new Place { Time = time }.Variable("OTEL_SERVICE_NAME", "shop").File("/etc/podinfo/uid", "7");
        var pipe = place.Root + "/etc/podinfo/name";
        using (var making = Process.Start("mkfifo", pipe))
            await making.WaitForExitAsync(TestContext.Current.CancellationToken);
        var detection = place.DetectAsync(TimeSpan.FromSeconds(2), ResourceDetector.Env, ResourceDetector.K8s, ResourceDetector.Container);

        // It hangs once it looks for a reader, which this open is: the other end of the pipe opens with it, and nothing comes.
        using (var writer = new FileStream(pipe, FileMode.Open, FileAccess.Write))
        {
            time.Fire();
            var resource = await detection;

            Assert.Equal(["service.name=shop"], Place.Lines(resource));
            Assert.Equal("it did not end within 2 s", resource.Findings[1].Problem);
        }
    }

    [Fact]
    public async Task Cancellation_EndsItWithoutAnException()
    {
        await using var server = (await MetadataServer.StartAsync()).Hang(AzureRequest);
        using var place = new Place { Server = server };
        var options = new ResourceDetectionOptions { Timeout = TimeSpan.FromSeconds(60), Detectors = { ResourceDetector.AzureVm } };
        using var stop = new CancellationTokenSource();
        var detection = ResourceDetection.DetectAsync(options, place.Surroundings(), stop.Token);
        await Watchdog.WaitAsync(server.Hung, "the request that hangs", TestContext.Current.CancellationToken);

        await stop.CancelAsync();
        var resource = await Watchdog.WaitAsync(detection, "the end of detection", TestContext.Current.CancellationToken);

        Assert.Empty(resource.Attributes);
        Assert.NotNull(resource.Findings.Single().Problem);
    }

    [Fact]
    public async Task Nothing_IsAskedWithoutDetectors()
    {
        var time = new ManualTime();
        using var place = new Place { Time = time };

        Assert.Same(DetectedResource.Empty, await place.DetectAsync());
    }

    [Fact]
    public async Task EveryDetector_InAnEmptyPlace_EndsWithoutHarm()
    {
        await using var server = await MetadataServer.StartAsync();
        using var place = new Place { Server = server };
        using var log = new LogRecorder();

        var resource = await place.DetectAsync(Enum.GetValues<ResourceDetector>());
        resource.LogTo(log.CreateLogger("Rotel.Detection"));

        Assert.All(resource.Attributes, attribute => Assert.Matches("^(process|host|os)[.]", attribute.Key));
        Assert.Equal(
            [
                (3082, LogLevel.Debug, "'env'"),
                (3080, LogLevel.Information, "'process'"),
                (3080, LogLevel.Information, "'host'"),
                (3082, LogLevel.Debug, "'container'"),
                (3082, LogLevel.Debug, "'k8s'"),
                (3082, LogLevel.Debug, "'azure'"),
                (3081, LogLevel.Warning, "'azure_vm'"),
                (3082, LogLevel.Debug, "'aws'"),
                (3081, LogLevel.Warning, "'ec2'"),
            ],
            log.Lines.Select(line => (line.EventId, line.Level, line.Message.Split(' ')[2])));
    }

    [Fact]
    public async Task Values_AreInNoLog()
    {
        using var place = new Place().Variable("OTEL_RESOURCE_ATTRIBUTES", "team=secret");
        using var log = new LogRecorder();

        (await place.DetectAsync(ResourceDetector.Env)).LogTo(log.CreateLogger("Rotel.Detection"));

        Assert.Equal("Resource detector 'env' found team", Assert.Single(log.Lines).Message);
    }

    [Fact]
    public async Task Connection_ThatIsRefused_IsSaid()
    {
        using var place = new Place();
        var surroundings = place.Surroundings() with
        {
            Connect = (_, _) => throw new IOException("refused by the test, with a secret"),
        };
        var options = new ResourceDetectionOptions { Timeout = TimeSpan.FromSeconds(60), Detectors = { ResourceDetector.Ec2 } };

        var resource = await ResourceDetection.DetectAsync(options, surroundings, TestContext.Current.CancellationToken);

        Assert.StartsWith("no answer from the metadata service", resource.Findings.Single().Problem, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", resource.Findings.Single().Problem, StringComparison.Ordinal);
    }
}
