using System.Text.Json;
using Rotel.Exporters.Datadog;
using Rotel.Exporters.Otlp;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.TestKit.Backends;

namespace Rotel.Exporters.Tests.Datadog;

/// <summary>The mode <c>otlp</c>.</summary>
public sealed class DatadogOtlpTests
{
    private const string Key = "0123456789abcdef0123456789abcdef";

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(DatadogRegion.Us1, "https://otlp.datadoghq.com")]
    [InlineData(DatadogRegion.Us3, "https://otlp.us3.datadoghq.com")]
    [InlineData(DatadogRegion.Us5, "https://otlp.us5.datadoghq.com")]
    [InlineData(DatadogRegion.Eu, "https://otlp.datadoghq.eu")]
    [InlineData(DatadogRegion.Ap1, "https://otlp.ap1.datadoghq.com")]
    [InlineData(DatadogRegion.Ap2, "https://otlp.ap2.datadoghq.com")]
    public void Options_OfARegion_NameItsEndpoints(DatadogRegion region, string origin)
    {
        var options = DatadogOtlp.Options(new DatadogExporterOptions { Region = region, ApiKey = Key });

        Assert.Equal($"{origin}/v1/traces", OtlpDestination.Of(options, OtlpSignal.Traces)!.Url.AbsoluteUri);
        Assert.Equal($"{origin}/v1/metrics", OtlpDestination.Of(options, OtlpSignal.Metrics)!.Url.AbsoluteUri);
        Assert.Equal($"{origin}/v1/logs", OtlpDestination.Of(options, OtlpSignal.Logs)!.Url.AbsoluteUri);
        Assert.Null(DatadogOtlp.Problem(region, OtlpSignal.Traces));
    }

    [Fact]
    public void Problem_RegionWithoutEndpoint_SaysWhatToDo()
    {
        Assert.Contains("custom_endpoint", DatadogOtlp.Problem(DatadogRegion.Gov, OtlpSignal.Logs), StringComparison.Ordinal);
        Assert.NotNull(DatadogOtlp.Problem(DatadogRegion.Us1, OtlpSignal.Profiles));
    }

    [Fact]
    public void Options_OfASignal_KeepItsLimits()
    {
        var options = DatadogOtlp.Options(new DatadogExporterOptions { ApiKey = Key });

        Assert.Equal(15 * 1024 * 1024, OtlpDestination.Of(options, OtlpSignal.Traces)!.MaxRequestBytes);
        Assert.Equal(512 * 1024, OtlpDestination.Of(options, OtlpSignal.Metrics)!.MaxSentBytes);
        Assert.InRange(OtlpDestination.Of(options, OtlpSignal.Logs)!.MaxRequestBytes, 5_000_000, 5.1 * 1024 * 1024);
    }

    [Fact]
    public async Task Export_AllSignals_ArriveWithDatadogsHeaders()
    {
        await using var backend = await OtlpBackend.StartAsync(Cancellation);

        foreach (var signal in new[] { OtlpSignal.Traces, OtlpSignal.Metrics, OtlpSignal.Logs })
        {
            await using var bench = new Bench(backend, options =>
            {
                options.ResourceAttributesAsTags = true;
                options.HistogramMode = DatadogHistogramMode.NoBuckets;
                options.HistogramAggregations = true;
                options.SummaryQuantiles = false;
            });
            Assert.Equal(ExportOutcomeKind.Delivered, (await bench.ExportAsync(signal)).Kind);
        }

        var headers = backend.Requests.ToDictionary(request => request.Path, request => request.Headers);
        Assert.All(headers.Values, header => Assert.Equal(Key, header["dd-api-key"]));
        var traces = headers["/v1/traces"];
        Assert.Equal("datadog", traces["dd-otlp-source"]);
        Assert.Equal("true", traces["compute_stats"]);
        Assert.False(JsonElement.Parse(traces["dd-otel-span-mapping"]).GetProperty("span_name_as_resource_name").GetBoolean());
        Assert.Equal(
            """{"resource_attributes_as_tags":true,"instrumentation_scope_metadata_as_tags":true,"""
            + """ "histograms":{"mode":"nobuckets","send_aggregation_metrics":true},"summaries":{"mode":"noquantiles"}}""".TrimStart(),
            headers["/v1/metrics"]["dd-otel-metric-config"]);
        Assert.DoesNotContain("compute_stats", headers["/v1/logs"].Keys);
    }

    [Fact]
    public async Task Export_KeyRefused_IsKeptAndTriedRarely()
    {
        await using var backend = await OtlpBackend.StartAsync(Cancellation);
        backend.Script.Then(BackendBehaviour.Status(403));
        await using var bench = new Bench(backend);

        var first = await bench.ExportAsync(OtlpSignal.Traces);
        var second = await bench.ExportAsync(OtlpSignal.Traces);

        Assert.Equal((ExportOutcomeKind.Retry, TimeSpan.FromMinutes(1)), (first.Kind, first.RetryAfter));
        Assert.Equal(ExportOutcomeKind.Retry, second.Kind);
        Assert.Single(backend.Requests);
        Assert.NotNull(bench.Exporter.Problem);
        bench.Time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(ExportOutcomeKind.Delivered, (await bench.ExportAsync(OtlpSignal.Traces)).Kind);
        Assert.Null(bench.Exporter.Problem);
        Assert.Equal(["4200", "4201"], bench.Log.Select(line => line.Split(' ')[1]));
        Assert.DoesNotContain(bench.Log, line => line.Contains(Key, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(408, ExportOutcomeKind.Retry)]
    [InlineData(500, ExportOutcomeKind.Retry)]
    [InlineData(400, ExportOutcomeKind.Rejected)]
    [InlineData(413, ExportOutcomeKind.TooLarge)]
    public async Task Export_Answered_MeansWhatDatadogMeans(int status, object kind)
    {
        await using var backend = await OtlpBackend.StartAsync(Cancellation);
        backend.Script.Then(BackendBehaviour.Status(status));
        await using var bench = new Bench(backend);

        Assert.Equal(kind, (await bench.ExportAsync(OtlpSignal.Logs)).Kind);
    }

    private sealed class Bench : IAsyncDisposable
    {
        private readonly ExporterBench _bench;

        public Bench(OtlpBackend backend, Action<DatadogExporterOptions>? configure = null)
        {
            _bench = new ExporterBench(Time);
            var options = new DatadogExporterOptions { CustomEndpoint = new Uri(backend.HttpEndpoint, "/a/path"), ApiKey = Key };
            configure?.Invoke(options);
            Exporter = new DatadogOtlpExporter(options, _bench.Context);
        }

        public Microsoft.Extensions.Time.Testing.FakeTimeProvider Time { get; } = new();

        public DatadogOtlpExporter Exporter { get; }

        public IEnumerable<string> Log => _bench.Log.Lines;

        public async Task<ExportOutcome> ExportAsync(OtlpSignal signal)
        {
            using var batch = _bench.Batch(signal, [[0x0A, 0]]);
            if (Exporter.Encode(batch) is { } encoded)
                batch.Encode(encoded);
            return await Exporter.ExportAsync(batch, Cancellation);
        }

        public async ValueTask DisposeAsync()
        {
            await Exporter.DisposeAsync();
            _bench.Dispose();
        }
    }
}
