using System.Net;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.TestKit;
using Rotel.TestKit.Telemetry;

namespace Rotel.Receivers.Sharing;

public sealed class SharedEndpointTests
{
    private const string Traces = "/v1/traces";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static byte[] Body => new StandardLoad().Encode(OtlpSignal.Traces);

    [Theory]
    [InlineData(OtlpSignal.Traces, "/v1/traces")]
    [InlineData(OtlpSignal.Metrics, "/v1/metrics")]
    [InlineData(OtlpSignal.Logs, "/v1/logs")]
    public async Task Post_EachSignal_ArrivesWhole(OtlpSignal signal, string path)
    {
        await using var setup = await SharedSetup.StartAsync();
        using var follower = new FollowerHttp(setup);
        var body = new StandardLoad().Encode(signal);

        using var answer = await follower.PostAsync(path, body);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync(Cancellation));
        await setup.ArrivedAsync(StandardLoad.ItemsPerRequest);
        Assert.Equal(OtlpItems.Keys(OtlpItems.Parse(signal, body)), setup.Exporter.Keys(signal));
    }

    [Fact]
    public async Task Post_Accepted_IsAnsweredBeforeTheDestinationHasIt()
    {
        await using var setup = await SharedSetup.StartAsync();
        using var follower = new FollowerHttp(setup);
        var held = setup.Exporter.Hold();

        using var answer = await follower.PostAsync(Traces, Body);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(0, setup.Exporter.Count);
        held.SetResult(ExportOutcome.Delivered());
    }

    [Fact]
    public async Task Post_Delivered_IsAnsweredWhenTheDestinationHasIt()
    {
        await using var setup = await SharedSetup.StartAsync();
        using var follower = new FollowerHttp(setup);
        var held = setup.Exporter.Hold();

        var answering = follower.PostAsync(Traces, Body, awaitDelivery: true);
        await setup.AttemptedAsync(1);
        held.SetResult(ExportOutcome.Delivered());

        using var answer = await answering;
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(StandardLoad.ItemsPerRequest, setup.Exporter.Count);
    }

    [Fact]
    public async Task Post_DeliveredButRejected_Is400()
    {
        await using var setup = await SharedSetup.StartAsync();
        using var follower = new FollowerHttp(setup);
        setup.Exporter.Hold().SetResult(ExportOutcome.Rejected("no"));

        using var answer = await follower.PostAsync(Traces, Body, awaitDelivery: true);

        await RefusesAsync(answer, HttpStatusCode.BadRequest, "destination_rejected");
    }

    [Theory]
    [InlineData(false, HttpStatusCode.BadRequest)]
    [InlineData(true, HttpStatusCode.ServiceUnavailable)]
    public async Task Post_DeliveredButGivenUp_IsForTheNextHolderOnlyWhereThisOneLeaves(bool leaves, HttpStatusCode expected)
    {
        await using var setup = await SharedSetup.StartAsync(retryFor: TimeSpan.FromTicks(1));
        using var follower = new FollowerHttp(setup);
        var held = setup.Exporter.Hold();

        var answering = follower.PostAsync(Traces, Body, awaitDelivery: true);
        await setup.AttemptedAsync(1);
        if (leaves)
            setup.Endpoint.EndLinks();
        held.SetResult(ExportOutcome.Retry("not now"));

        using var answer = await answering;
        await RefusesAsync(answer, expected, "not_delivered");
        Assert.Equal(1, setup.Ledgers[(int)OtlpSignal.Traces].Refused(RefusalReason.NotDelivered));
    }

    [Fact]
    public async Task Post_SignalWithoutExporter_Is404()
    {
        await using var setup = await SharedSetup.StartAsync(signals: OtlpSignal.Traces);
        using var follower = new FollowerHttp(setup);

        using var logs = await follower.PostAsync("/v1/logs", new StandardLoad().Encode(OtlpSignal.Logs));
        using var traces = await follower.PostAsync(Traces, Body);

        Assert.Equal(HttpStatusCode.NotFound, logs.StatusCode);
        Assert.Equal(HttpStatusCode.OK, traces.StatusCode);
    }

    [Fact]
    public async Task Post_LargerThanTheBudgetLetsIn_Is413()
    {
        await using var setup = await SharedSetup.StartAsync(budget: 64 * 1024);
        using var follower = new FollowerHttp(setup);

        using var answer = await follower.PostAsync(Traces, new StandardLoad().Encode(OtlpSignal.Traces, items: 120));

        await RefusesAsync(answer, HttpStatusCode.RequestEntityTooLarge, "too_large");
    }

    [Fact]
    public async Task Post_NoRoomInTheQueue_Is503WithATimeToWait()
    {
        await using var setup = await SharedSetup.StartAsync(queueBytes: 100 * 1024, admission: TimeSpan.Zero);
        using var follower = new FollowerHttp(setup);
        var held = setup.Exporter.Hold();
        using var first = await follower.PostAsync(Traces, Body);
        Assert.Equal(HttpStatusCode.OK, first.StatusCode);

        using var answer = await follower.PostAsync(Traces, Body);

        await RefusesAsync(answer, HttpStatusCode.ServiceUnavailable, "busy");
        Assert.Equal(TimeSpan.FromSeconds(1), answer.Headers.RetryAfter?.Delta);
        held.SetResult(ExportOutcome.Delivered());
    }

    [Fact]
    public async Task Post_NotOtlp_Is400()
    {
        await using var setup = await SharedSetup.StartAsync();
        using var follower = new FollowerHttp(setup);

        using var answer = await follower.PostAsync(Traces, [0xff, 0xff]);
        using var metadata = await follower.PostAsync(Traces, Body, metadata: "x-tenant=acme");

        await RefusesAsync(answer, HttpStatusCode.BadRequest, "malformed");
        await RefusesAsync(metadata, HttpStatusCode.BadRequest, "malformed");
    }

    [Fact]
    public async Task Post_Metadata_TravelsWithThePayload()
    {
        await using var setup = await SharedSetup.StartAsync();
        using var follower = new FollowerHttp(setup);
        var metadata = new RequestMetadata([new("content-length", "7"), new("x-tenant", "a.b, c=")]);

        using var answer = await follower.PostAsync(Traces, Body, metadata: MetadataHeader.Write(metadata));

        await setup.ArrivedAsync(StandardLoad.ItemsPerRequest);
        Assert.Equal(metadata, Assert.Single(setup.Exporter.Metadata));
    }

    [Fact]
    public async Task EndLinks_OpenLink_EndsWithAWordAndTurnsTelemetryAwayUntilLinksAreTakenAgain()
    {
        await using var setup = await SharedSetup.StartAsync();
        using var follower = new FollowerHttp(setup);
        using var link = await follower.LinkAsync();
        Assert.Equal(HttpStatusCode.OK, link.StatusCode);
        var word = link.Content.ReadAsStringAsync(Cancellation);

        setup.Endpoint.EndLinks();

        Assert.Equal("moved", await Watchdog.WaitAsync(word, "the end of the link", Cancellation));
        using var late = await follower.LinkAsync();
        Assert.Equal(HttpStatusCode.ServiceUnavailable, late.StatusCode);
        using var flush = await follower.PostAsync("/rotel/flush", []);
        Assert.Equal(HttpStatusCode.OK, flush.StatusCode);
        using var post = await follower.PostAsync(Traces, Body);
        await RefusesAsync(post, HttpStatusCode.ServiceUnavailable, "stopping");
        Assert.Null(post.Headers.RetryAfter);
        Assert.Equal(0, setup.Exporter.Count);

        setup.Endpoint.TakeLinks();

        using var again = await follower.LinkAsync();
        using var taken = await follower.PostAsync(Traces, Body);
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (again.StatusCode, taken.StatusCode));
    }

    [Fact]
    public async Task NothingArrives_OpenLink_CompletesOnceItsEndHasBeenSent()
    {
        await using var setup = await SharedSetup.StartAsync();
        using var follower = new FollowerHttp(setup);
        using var link = await follower.LinkAsync();
        Assert.False(setup.Endpoint.NothingArrivesAsync().IsCompleted);

        setup.Endpoint.EndLinks();

        await Watchdog.WaitAsync(setup.Endpoint.NothingArrivesAsync(), "the end of the link is sent", Cancellation);
        await setup.KillAsync();
        Assert.Equal("moved", await link.Content.ReadAsStringAsync(Cancellation));
    }

    [Fact]
    public async Task Stop_OpenLinkAndRequestInFlight_EndsOneAndFinishesTheOther()
    {
        await using var setup = await SharedSetup.StartAsync();
        using var follower = new FollowerHttp(setup);
        using var link = await follower.LinkAsync();
        var held = setup.Exporter.Hold();
        var answering = follower.PostAsync(Traces, Body, awaitDelivery: true);
        await setup.AttemptedAsync(1);

        var stopping = setup.Endpoint.StopAsync(setup.In(TimeSpan.FromHours(1)), Cancellation);

        Assert.Equal("moved", await Watchdog.WaitAsync(link.Content.ReadAsStringAsync(Cancellation), "the end of the link", Cancellation));
        Assert.False(stopping.IsCompleted);
        held.SetResult(ExportOutcome.Delivered());
        using var answer = await answering;
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await Watchdog.WaitAsync(stopping, "the endpoint stopped", Cancellation);
    }

    [Fact]
    public async Task Flush_WaitsForWhatWasAccepted()
    {
        await using var setup = await SharedSetup.StartAsync();
        using var follower = new FollowerHttp(setup);
        var held = setup.Exporter.Hold();
        using var post = await follower.PostAsync(Traces, Body);

        var flushing = follower.PostAsync("/rotel/flush", []);
        await setup.AttemptedAsync(1);
        held.SetResult(ExportOutcome.Delivered());

        using var answer = await flushing;
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(StandardLoad.ItemsPerRequest, setup.Exporter.Count);
    }

    [Fact]
    public async Task Flush_ThatDoesNotSucceed_Is503()
    {
        await using var setup = await SharedSetup.StartAsync();
        using var follower = new FollowerHttp(setup);

        setup.Flush = _ => Task.FromResult(false);
        using var failed = await follower.PostAsync("/rotel/flush", []);
        setup.Flush = _ => throw new OperationCanceledException();
        using var cancelled = await follower.PostAsync("/rotel/flush", []);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, failed.StatusCode);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, cancelled.StatusCode);
    }

    private static async Task RefusesAsync(HttpResponseMessage answer, HttpStatusCode status, string reason)
    {
        Assert.Equal(status, answer.StatusCode);
        Assert.Equal(reason, Assert.Single(answer.Headers.GetValues("rotel-reason")));
        Assert.NotEmpty(await answer.Content.ReadAsStringAsync(Cancellation));
    }
}
