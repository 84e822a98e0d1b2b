using System.Diagnostics;
using OpenTelemetry;
using OpenTelemetry.Trace;
using Rotel.Hosting;
using Rotel.Otlp;
using Rotel.TestKit.Backends;

namespace Rotel.HandOff;

/// <summary>What the SDK's own exporter is told by the environment is for networks, and must not change what is handed over.</summary>
[Collection(ProcessWide.Name)]
public sealed class HandOffEnvironmentTests : IDisposable
{
    private const string Prefix = "OTEL_EXPORTER_OTLP_";

    private readonly List<string> _set = [];

    public void Dispose() => _set.ForEach(name => Environment.SetEnvironmentVariable(name, null));

    [Theory]
    [InlineData("COMPRESSION", "gzip")]
    [InlineData("PROTOCOL", "grpc")]
    [InlineData("HEADERS", "x-api-key=some")]
    public async Task UseRotel_WhateverTheEnvironmentTellsTheSdksExporter_HandsOver(string name, string value)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var backend = await OtlpBackend.StartAsync(cancellation);
        await using var agent = await RotelAgent.StartAsync(
            options =>
            {
                options.Otlp.GrpcEndpoint = options.Otlp.HttpEndpoint = null;
                options.SendTo(backend);
            },
            cancellationToken: cancellation);
        _set.Add(Prefix + name);
        Environment.SetEnvironmentVariable(Prefix + name, value);
        using var source = new ActivitySource("hand-off-environment");
        using var tracing = Sdk.CreateTracerProviderBuilder().AddSource(source.Name).AddRotelExporter(agent).Build();

        source.StartActivity("work")?.Dispose();
        tracing.ForceFlush();

        await agent.FlushAsync(cancellation);
        Assert.Equal(1, backend.ItemCount(OtlpSignal.Traces));
    }
}
