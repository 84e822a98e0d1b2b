using Rotel.Otlp;
using Rotel.TestKit;
using Rotel.TestKit.Telemetry;

namespace Rotel.Receivers.Otlp;

public sealed class HttpPathTests
{
    [Fact]
    [Proves("server.paths")]
    public async Task Paths_OfEachSignal_CanBeChosen()
    {
        var options = ReceiverSetup.AnyPorts();
        options.TracesHttpPath = "/collect/spans";
        options.LogsHttpPath = "/v1/traces";
        await using var setup = await ReceiverSetup.StartAsync(options);
        var load = new StandardLoad();

        using var spans = await OtlpExchange.SendAsync(setup, load.Encode(OtlpSignal.Traces), path: "/collect/spans?key=1");
        using var logs = await OtlpExchange.SendAsync(setup, load.Encode(OtlpSignal.Logs), path: "/v1/traces");
        using var metrics = await OtlpExchange.SendAsync(setup, load.Encode(OtlpSignal.Metrics), path: "/v1/metrics");
        using var nothing = await OtlpExchange.SendAsync(setup, load.Encode(OtlpSignal.Logs), path: "/v1/logs");

        Assert.Equal([200, 200, 200, 404], new[] { spans, logs, metrics, nothing }.Select(answer => (int)answer.StatusCode));
        await setup.ArrivedAsync(3 * StandardLoad.ItemsPerRequest);
        Assert.Equal(StandardLoad.ItemsPerRequest, setup.Http(OtlpSignal.Logs).Accepted);
    }
}
