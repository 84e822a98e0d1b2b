using System.Globalization;
using Rotel.Otlp;
using Rotel.TestKit.Backends;

namespace Rotel.EndToEnd;

/// <summary>
/// A stop in order while no destination can be reached loses nothing: the next start delivers all of it, once, whatever the exporter had
/// made of it by then. The next one may even be of another type, under the same name.
/// </summary>
public sealed class CleanStopTests
{
    private const int Requests = 25;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>By name, the settings of exporters; DEAD is a port at which nobody listens.</summary>
    private static readonly Dictionary<string, (string Type, (string Setting, string Value)[] Settings)> Exporters = new()
    {
        ["grpc, gzip"] = ("otlp", [("ENDPOINT", "http://127.0.0.1:DEAD"), ("COMPRESSION", "gzip")]),
        ["http"] = ("otlp", [("ENDPOINT", "http://127.0.0.1:DEAD"), ("PROTOCOL", "http"), ("COMPRESSION", "none")]),
        ["http, zstd"] = ("otlp", [("ENDPOINT", "http://127.0.0.1:DEAD"), ("PROTOCOL", "http"), ("COMPRESSION", "zstd")]),
        ["json"] = ("otlp", [("ENDPOINT", "http://127.0.0.1:DEAD"), ("PROTOCOL", "http"), ("ENCODING", "json")]),
        ["datadog"] = ("datadog", [("CUSTOM_ENDPOINT", "http://127.0.0.1:DEAD"), ("API_KEY", "0123456789abcdef0123456789abcdef")]),
        ["clickhouse"] = ("clickhouse", [("ENDPOINT", "http://127.0.0.1:DEAD")]),
        ["kafka"] = ("kafka", [("BROKERS", "127.0.0.1:DEAD")]),
    };

    /// <summary>In mode always the exporter's form does not matter, for the wire form was written before there was one.</summary>
    public static TheoryData<string, string> Cases()
    {
        var cases = new TheoryData<string, string>();
        foreach (var exporter in Exporters.Keys)
            cases.Add("spill", exporter);
        foreach (var exporter in (string[])["grpc, gzip", "http", "datadog"])
            cases.Add("always", exporter);
        return cases;
    }

    [Theory]
    [Trait("Category", "Long")]
    [MemberData(nameof(Cases))]
    public async Task Stop_WithADeadDestination_NextStartDeliversAllOnce(string mode, string exporter)
    {
        var (type, settings) = Exporters[exporter];
        using var nobody = new HeldPort();
        await using var durable = new DurableRotel(
            ("ROTEL_DISK_QUEUE", mode),
            ("ROTEL_BATCH_TIMEOUT", "20ms"),
            ("ROTEL_EXPORTER_RETRY_INITIAL_BACKOFF", "100ms"),
            ("ROTEL_DRAIN_TIMEOUT", "500ms"),
            ("ROTEL_EXPORTERS", $"vendor:{type}"));
        foreach (var (name, value) in settings)
        {
            durable.Environment[$"ROTEL_EXPORTER_VENDOR_{name}"] =
                value.Replace("DEAD", nobody.Port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        }

        var ledger = new ItemLedger();
        for (var run = 0; run < 2; run++)
        {
            var rotel = await durable.StartAsync();
            using var client = new OtlpClient(rotel.Http, rotel.Grpc, seed: run);
            for (var i = 0; i < Requests; i++)
                Assert.True((await client.SendAsync(grpc: i % 2 == 0, Token)).IsSuccess, durable.Said());
            ledger.Send(OtlpSignal.Traces, client.Acknowledged);
            ledger.Acknowledge(OtlpSignal.Traces, client.Acknowledged);
            await DurableRotel.StopAsync(rotel);
            Assert.Equal(0, rotel.FinalTotals().Dropped);
        }

        await using var backend = await OtlpBackend.StartAsync(Token);
        foreach (var (name, _) in settings)
            durable.Environment.Remove($"ROTEL_EXPORTER_VENDOR_{name}");
        durable.Environment["ROTEL_EXPORTERS"] = "vendor:otlp";
        durable.Environment["ROTEL_EXPORTER_VENDOR_ENDPOINT"] = backend.GrpcEndpoint.ToString();
        var next = await durable.StartAsync();
        await ledger.DeliveredAsync(backend, durable.Said);
        await DurableRotel.StopAsync(next);
        Assert.Equal(2 * Requests * 20, backend.ItemCount(OtlpSignal.Traces));
        Assert.Equal(0, ItemLedger.Duplicates(backend, OtlpSignal.Traces));
        Assert.Empty(ledger.Strange(backend, OtlpSignal.Traces));
    }
}
