using Grpc.Core;
using Grpc.Net.Client;
using OpenTelemetry.Proto.Collector.Trace.V1;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.TestKit.Telemetry;

namespace Rotel.Receivers.Otlp;

public sealed class IncludedMetadataTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Http_ListedHeaders_TravelWithThePayload()
    {
        var options = ReceiverSetup.AnyPorts();
        Include(options.HttpMetadata, " X-Tenant ", "x-missing", "authorization");
        await using var setup = await ReceiverSetup.StartAsync(options);

        using var answer = await OtlpExchange.SendAsync(
            setup,
            new StandardLoad().Encode(OtlpSignal.Traces),
            configure: request =>
            {
                request.Headers.Add("X-TENANT", "acme");
                request.Headers.Add("x-tenant", "other");
                request.Headers.Add("x-unlisted", "no");
            });

        await setup.ArrivedAsync(StandardLoad.ItemsPerRequest);
        Assert.Equal(new RequestMetadata([new("x-tenant", "acme,other")]), Normalised(Assert.Single(setup.Exporter.Metadata)));
    }

    [Fact]
    public async Task Grpc_ListedHeaders_TravelWithThePayload()
    {
        var options = ReceiverSetup.AnyPorts();
        Include(options.GrpcMetadata, "x-tenant");
        await using var setup = await ReceiverSetup.StartAsync(options);
        using var channel = GrpcChannel.ForAddress(setup.GrpcUri);

        await new TraceService.TraceServiceClient(channel).ExportAsync(
            new StandardLoad().Traces(), new Metadata { { "x-tenant", "acme" } }, cancellationToken: Cancellation);

        await setup.ArrivedAsync(StandardLoad.ItemsPerRequest);
        Assert.Equal(new RequestMetadata([new("x-tenant", "acme")]), Assert.Single(setup.Exporter.Metadata));
    }

    [Theory]
    [InlineData(false, "acme")]
    [InlineData(true, null)]
    public async Task Http_OffOrWithoutTheHeader_CarriesNothing(bool include, string? tenant)
    {
        var options = ReceiverSetup.AnyPorts();
        Include(options.HttpMetadata, "x-tenant");
        options.HttpMetadata.Include = include;
        await using var setup = await ReceiverSetup.StartAsync(options);

        using var answer = await OtlpExchange.SendAsync(
            setup,
            new StandardLoad().Encode(OtlpSignal.Traces),
            configure: request => request.Headers.TryAddWithoutValidation("x-tenant", tenant is null ? [] : [tenant]));

        await setup.ArrivedAsync(StandardLoad.ItemsPerRequest);
        Assert.Null(Assert.Single(setup.Exporter.Metadata));
    }

    [Fact]
    public async Task Http_MoreThanIsKept_IsLeftOutWhole()
    {
        var options = ReceiverSetup.AnyPorts();
        Include(options.HttpMetadata, "x-large", "x-small");
        await using var setup = await ReceiverSetup.StartAsync(options);

        using var answer = await OtlpExchange.SendAsync(
            setup,
            new StandardLoad().Encode(OtlpSignal.Traces),
            configure: request =>
            {
                request.Headers.Add("x-large", new string('x', RequestMetadata.MaxBytes));
                request.Headers.Add("x-small", "kept");
            });

        await setup.ArrivedAsync(StandardLoad.ItemsPerRequest);
        Assert.Equal(new RequestMetadata([new("x-small", "kept")]), Assert.Single(setup.Exporter.Metadata));
    }

    /// <summary>The client joins the values of a header with a blank behind the comma.</summary>
    private static RequestMetadata Normalised(RequestMetadata? metadata) => new(
        metadata!.Headers.Select(header => KeyValuePair.Create(header.Key, header.Value.Replace(", ", ",", StringComparison.Ordinal))));

    private static void Include(OtlpMetadataOptions options, params string[] names)
    {
        options.Include = true;
        foreach (var name in names)
            options.Headers.Add(name);
    }
}
