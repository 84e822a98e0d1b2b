using Google.Protobuf;
using Microsoft.Extensions.Time.Testing;
using Rotel.Datadog.TestKit;
using Rotel.Datadog.TestKit.Metrics;
using Rotel.Exporters.Datadog;
using Rotel.Exporters.Datadog.Intake;

namespace Rotel.Exporters.Tests.Datadog.Intake;

/// <summary>What requests look like, and what answers mean.</summary>
public sealed class DatadogClientTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(DatadogCompression.Gzip, "gzip")]
    [InlineData(DatadogCompression.Zstd, "zstd")]
    [InlineData(DatadogCompression.None, null)]
    public async Task Send_Series_ArrivesWithKeyAndCoding(DatadogCompression compression, string? coding)
    {
        await using var server = await DatadogServer.StartAsync(Cancellation);
        using var bench = new Bench(server, options => options.Compression = compression);

        var answer = await bench.SendAsync(DatadogIntake.Series, Series("a"));

        Assert.Equal(new DatadogAnswer(DatadogAnswerKind.Delivered), answer);
        Assert.Equal("a", Assert.Single(server.Series).Metric);
        var request = Assert.Single(server.Requests);
        Assert.Equal(coding, request.ContentEncoding);
        Assert.Equal(server.ApiKey, request.Headers["DD-API-KEY"]);
        Assert.StartsWith("Rotel-dotnet/", request.Headers["User-Agent"], StringComparison.Ordinal);
    }

    private static byte[] Series(string name) => new MetricPayload { Series = { new MetricSeries { Metric = name } } }.ToByteArray();

    /// <summary>A client, and what it works with.</summary>
    private sealed class Bench : IDisposable
    {
        private readonly ExporterBench _bench;

        public Bench(DatadogServer server, Action<DatadogExporterOptions>? configure = null)
        {
            _bench = new ExporterBench(Time);
            var options = new DatadogExporterOptions { CustomEndpoint = server.Endpoint, ApiKey = server.ApiKey };
            configure?.Invoke(options);
            Client = new DatadogClient(options, _bench.Context);
        }

        public FakeTimeProvider Time { get; } = new();

        public DatadogClient Client { get; }

        public IEnumerable<string> Log => _bench.Log.Lines;

        public async Task<DatadogAnswer> SendAsync(DatadogIntake intake, byte[] body, CancellationToken? cancellation = null)
        {
            using var compressed = Client.Compress(intake, body);
            return await Client.SendAsync(intake, compressed, cancellation ?? Cancellation);
        }

        public void Dispose()
        {
            Client.Dispose();
            Assert.Equal(0, _bench.Budget.Reserved);
            _bench.Dispose();
        }
    }
}
