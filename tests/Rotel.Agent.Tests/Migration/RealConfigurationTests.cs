using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Logs;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using Rotel.Agent.Migration;
using Rotel.Configuration;
using Rotel.Otlp;
using Rotel.TestKit.Backends;

namespace Rotel.Agent.Tests.Migration;

/// <summary>Published configurations of the collector migrate, and what comes out runs: from the settings, and from the code.</summary>
public sealed class RealConfigurationTests
{
    private static readonly (string, string)[] FreePorts =
    [
        ("Rotel:OtlpGrpcEndpoint", "127.0.0.1:0"),
        ("Rotel:OtlpHttpEndpoint", "127.0.0.1:0"),
        ("ROTEL_OTLP_GRPC_ENDPOINT", "127.0.0.1:0"),
        ("ROTEL_OTLP_HTTP_ENDPOINT", "127.0.0.1:0"),
    ];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string> All => ["opentelemetry-demo", "new-relic", "kubernetes-agent", "clickhouse"];

    [Theory]
    [MemberData(nameof(All))]
    public void Configuration_SettingsAndCode_AreRightAndTheSame(string name) => MigratedPlan.Check(Migrate(name));

    [Theory]
    [MemberData(nameof(All))]
    public void Configuration_NothingIsForgotten(string name)
    {
        var report = Migrate(name).Configuration.Report;

        Assert.NotEmpty(report.Carried);
        Assert.All(report.Leftovers, leftover => Assert.True(leftover.Place.Line > 0, leftover.Text));
        Assert.DoesNotContain(report.Leftovers, leftover => leftover.Place.Path == "the result");
    }

    [Theory]
    [InlineData("opentelemetry-demo", "Rotel:Exporters:otlp:Endpoint", "Rotel:Exporters:prometheus:Endpoint")]
    [InlineData("new-relic", "Rotel:Exporters:otlp:Endpoint")]
    [InlineData("kubernetes-agent", "Rotel:Exporters:otlp:Endpoint")]
    public async Task Settings_WithTelemetryOfTheSdk_Deliver(string name, params string[] endpoints)
    {
        await using var backend = await OtlpBackend.StartAsync(Cancellation);
        var files = Migrate(name);

        var plan = MigratedPlan.OfSettings(
            files, [.. FreePorts, .. endpoints.Select(key => (key, EndpointOf(backend, key))), ("Rotel:StatusEndpoint", "127.0.0.1:0")]);

        await DeliverAsync(plan, backend);
    }

    [Theory]
    [InlineData("opentelemetry-demo", "otlp", "prometheus")]
    [InlineData("new-relic", "otlp")]
    [InlineData("kubernetes-agent", "otlp")]
    public async Task Code_WithTelemetryOfTheSdk_Delivers(string name, params string[] exporters)
    {
        await using var backend = await OtlpBackend.StartAsync(Cancellation);

        var plan = MigratedPlan.OfCode(
            Migrate(name),
            rotel =>
            {
                rotel.Otlp.GrpcEndpoint = rotel.Otlp.HttpEndpoint = "127.0.0.1:0";
                if (rotel.StatusEndpoint is not null)
                    rotel.StatusEndpoint = "127.0.0.1:0";
                foreach (var exporter in exporters)
                    rotel.Exporters.AddOtlp(exporter, otlp => otlp.Endpoint = new Uri(EndpointOf(backend, exporter)));
            });

        await DeliverAsync(plan, backend);
    }

    private static string EndpointOf(OtlpBackend backend, string exporter) =>
        (exporter.Contains("prometheus", StringComparison.Ordinal) ? backend.HttpEndpoint : backend.GrpcEndpoint).AbsoluteUri;

    /// <summary>Sends telemetry of every signal that goes to the backend, and waits for it there.</summary>
    private static async Task DeliverAsync(RotelPlan plan, OtlpBackend backend)
    {
        await using var agent = await RotelAgent.StartAsync(plan, NullLoggerFactory.Instance, Cancellation);
        var target = agent.GrpcEndpoints.Select(endpoint => (Uri: agent.UrlOf(endpoint), OtlpExportProtocol.Grpc)).First();
        var name = $"migrated.{Guid.NewGuid():N}";
        var wanted = OtlpSignals.Mergeable.ToArray()
            .Where(signal => plan.ExportersOf(signal).Any(exporter => exporter.Type.Name == "otlp"))
            .ToArray();
        Assert.NotEmpty(wanted);

        Send(new Uri(target.Uri), name, wanted);
        foreach (var signal in wanted)
            await backend.WaitForItemsAsync(signal, 1, Cancellation);
    }

    private static void Send(Uri endpoint, string name, OtlpSignal[] signals)
    {
        if (signals.Contains(OtlpSignal.Traces))
        {
            using var source = new ActivitySource(name);
            using var traces = Sdk.CreateTracerProviderBuilder().AddSource(name).AddOtlpExporter(otlp => otlp.Endpoint = endpoint).Build();
            source.StartActivity("GET /")!.Dispose();
            Assert.True(traces.ForceFlush());
        }

        if (signals.Contains(OtlpSignal.Metrics))
        {
            using var meter = new Meter(name);
            using var metrics = Sdk.CreateMeterProviderBuilder().AddMeter(name).AddOtlpExporter(otlp => otlp.Endpoint = endpoint).Build();
            meter.CreateCounter<long>("requests").Add(1);
            Assert.True(metrics.ForceFlush());
        }

        if (signals.Contains(OtlpSignal.Logs))
        {
            using var logs = LoggerFactory.Create(
                logging => logging.AddOpenTelemetry(options => options.AddOtlpExporter(otlp => otlp.Endpoint = endpoint)));
            logs.CreateLogger(name).LogInformation("One.");
        }
    }

    private static MigratedFiles Migrate(string name) =>
        MigratedFiles.OfText(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Migration", "Real", $"{name}.yaml")), $"{name}.yaml");
}
