using System.Diagnostics.Metrics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Proto.Collector.Metrics.V1;
using Rotel.Configuration;
using Rotel.Otlp;
using Rotel.TestKit.Backends;
using AggregationTemporality = OpenTelemetry.Proto.Metrics.V1.AggregationTemporality;

namespace Rotel.HandOff;

/// <summary>The hand-off of metrics heeds the SDK's preference of temporality, as the SDK's own OTLP exporter does.</summary>
public sealed class MetricTemporalityTests
{
    [Theory]
    [InlineData(null, AggregationTemporality.Cumulative)]
    [InlineData("cumulative", AggregationTemporality.Cumulative)]
    [InlineData("DELTA", AggregationTemporality.Delta)]
    [InlineData("LowMemory", AggregationTemporality.Delta)]
    [InlineData("sometimes", AggregationTemporality.Cumulative)]
    public async Task Counter_UnderAPreference_HasItsTemporality(string? preference, AggregationTemporality expected)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var backend = await OtlpBackend.StartAsync(cancellation);
        await using var agent = await RotelAgent.StartAsync(
            RotelConfiguration.Load(RotelSources.None, options =>
            {
                options.Otlp.GrpcEndpoint = "127.0.0.1:0";
                options.Otlp.HttpEndpoint = "127.0.0.1:0";
                options.Exporters.AddOtlp("backend", otlp => otlp.Endpoint = backend.GrpcEndpoint);
            }),
            null,
            cancellation);
        using var meter = new Meter($"temporality-{Guid.NewGuid():N}");
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection([new("OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE", preference)])
            .Build();
        using var provider = Sdk.CreateMeterProviderBuilder()
            .ConfigureServices(services => services.AddSingleton<IConfiguration>(configuration))
            .AddMeter(meter.Name)
            .AddRotelExporter(agent)
            .Build();
        meter.CreateCounter<long>("count").Add(1);

        await agent.FlushAsync(cancellation);

        await backend.WaitForItemsAsync(OtlpSignal.Metrics, 1, cancellation);
        var request = (ExportMetricsServiceRequest)backend.Requests[0].Message;
        var metric = request.ResourceMetrics.Single().ScopeMetrics.Single().Metrics.Single();
        Assert.Equal(expected, metric.Sum.AggregationTemporality);
    }
}
