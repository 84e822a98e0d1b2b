using Rotel.ClickHouse.TestKit.Server;
using Rotel.EndToEnd;
using Rotel.Otlp;
using Rotel.TestKit.Backends;

namespace Rotel.ClickHouse.Rows;

/// <summary>The OpenTelemetry .NET SDK's own output, as a backend gets it directly and as the tables hold it.</summary>
public sealed class SdkRowTests
{
    [Theory]
    [InlineData(AttributeForm.Map)]
    [InlineData(AttributeForm.Json)]
    public async Task Rows_OfTheSdk_AreWhatItSent(AttributeForm form)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var oracle = await OtlpBackend.StartAsync(cancellation);
        await using var database = await ClickHouseDatabase.CreateAsync(cancellation);
        await using var agent = await ClickHouseAgent.StartAsync(database, form);
        using var wire = new WireTap();
        using var application = new InstrumentedApplication(SdkRoute.HttpProtobuf, agent.Agent, oracle, wire);

        application.DoBusiness();
        Assert.True(application.Flush());
        await agent.FlushAsync();

        // Two readers of one meter look at their own times, so metrics are taken from the wire.
        var sent = oracle.Requests.Where(request => request.Signal != OtlpSignal.Metrics).Select(request => request.Message);
        Assert.NotEmpty(wire.MetricsRequests);
        await RowAssert.HoldAsync(database, [.. sent, .. wire.MetricsRequests], form);
    }
}
