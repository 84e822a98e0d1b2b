using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using OpenTelemetry.Proto.Collector.Profiles.V1Development;
using OpenTelemetry.Proto.Profiles.V1Development;
using Rotel.Exporters.Otlp;
using Rotel.Otlp;
using Rotel.TestKit;
using Rotel.TestKit.Backends;
using Rotel.TestKit.Telemetry;

namespace Rotel.EndToEnd;

/// <summary>Profiles pass as they came: what stands in them are indexes into a dictionary of the same request.</summary>
public sealed class ProfilesTests
{
    private const string Path = "v1development/profiles";

    [Theory]
    [InlineData(OtlpProtocol.Grpc)]
    [InlineData(OtlpProtocol.Http)]
    [Proves("server.profiles")]
    public async Task Profiles_WhenEnabled_ArriveUnmergedAndUnchanged(OtlpProtocol protocol)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var backend = await OtlpBackend.StartAsync(cancellation);
        await using var agent = await TestAgent.StartAsync(options =>
        {
            options.Otlp.Profiles = true;
            options.ResourceAttributes["added"] = "to every other signal";

            // Long enough that traces of this number and size would share a batch.
            options.Batch.Timeout = TimeSpan.FromMinutes(5);
            options.SendTo(backend, protocol);
        });
        using var http = new HttpClient { BaseAddress = agent.HttpUri() };
        using var channel = GrpcChannel.ForAddress(agent.GrpcUri());

        var sent = Enumerable.Range(1, 6).Select(Request).ToList();
        foreach (var request in sent[..3])
        {
            using var response = await http.PostAsync(Path, Content(request), cancellation);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }

        foreach (var request in sent[3..])
            await new ProfilesService.ProfilesServiceClient(channel).ExportAsync(request, cancellationToken: cancellation);
        await Watchdog.WaitAsync(agent.FlushAsync(cancellation), "everything settled", cancellation);

        Assert.Equal(
            sent.Select(request => request.ToByteString().ToBase64()).Order(),
            backend.Requests.Select(request => request.Message.ToByteString().ToBase64()).Order());
        var ledger = agent.Collector!.Queues.Single(queue => queue.Signal == OtlpSignal.Profiles).Ledger;
        Assert.Equal(sent.Sum(OtlpItems.Count), ledger.Delivered);
    }

    [Fact]
    public async Task Profiles_WhenNotEnabled_HaveNoPathAndNoMethod()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var backend = await OtlpBackend.StartAsync(cancellation);
        await using var agent = await TestAgent.StartAsync(options => options.SendTo(backend));
        using var http = new HttpClient { BaseAddress = agent.HttpUri() };
        using var channel = GrpcChannel.ForAddress(agent.GrpcUri());

        using var response = await http.PostAsync(Path, Content(Request(1)), cancellation);
        var refusal = await Assert.ThrowsAsync<RpcException>(
            async () => await new ProfilesService.ProfilesServiceClient(channel).ExportAsync(Request(1), cancellationToken: cancellation));

        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal(StatusCode.Unimplemented, refusal.StatusCode);
        Assert.DoesNotContain(agent.Collector!.Queues, queue => queue.Signal == OtlpSignal.Profiles);
    }

    [Fact]
    public async Task Profiles_OverTheBackendsLimit_AreDroppedWhole()
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var backend = await OtlpBackend.StartAsync(cancellation);
        backend.MaxMessageBytes = 10;
        await using var agent = await TestAgent.StartAsync(options =>
        {
            options.Otlp.Profiles = true;
            options.SendTo(backend);
        });
        using var http = new HttpClient { BaseAddress = agent.HttpUri() };
        var request = Request(1);

        (await http.PostAsync(Path, Content(request), cancellation)).Dispose();
        await Watchdog.WaitAsync(agent.FlushAsync(cancellation), "everything settled", cancellation);

        Assert.Single(backend.Requests);
        var ledger = agent.Collector!.Queues.Single(queue => queue.Signal == OtlpSignal.Profiles).Ledger;
        Assert.Equal(OtlpItems.Count(request), ledger.TotalDropped);
    }

    private static ExportProfilesServiceRequest Request(int seed)
    {
        var request = (ExportProfilesServiceRequest)new TelemetryGenerator(seed, new TelemetrySize { Resources = 2, Scopes = 2, Items = 2 })
            .Request(OtlpSignal.Profiles);
        var scope = new ScopeProfiles { Profiles = { new Profile { ProfileId = ByteString.CopyFrom([(byte)seed]) }, new Profile() } };
        request.ResourceProfiles.Add(new ResourceProfiles { ScopeProfiles = { scope } });
        return request;
    }

    private static ByteArrayContent Content(IMessage request) => new(request.ToByteArray())
    {
        Headers = { ContentType = new MediaTypeHeaderValue("application/x-protobuf") },
    };
}
