using Google.Protobuf;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Proto.Collector.Logs.V1;
using OpenTelemetry.Proto.Common.V1;
using OpenTelemetry.Proto.Logs.V1;
using OpenTelemetry.Proto.Trace.V1;
using Rotel.Otlp;
using Rotel.Pipelines;

namespace Rotel.Processors.Typed;

/// <summary>The examples of the documentation.</summary>
public sealed class TypedExamplesTests
{
    [Fact]
    public async Task TenantProcessor_SetsWhatItsServiceKnows()
    {
        await using var provider = new ServiceCollection()
            .AddSingleton<Tenants>().AddScoped<TenantProcessor>().BuildServiceProvider(validateScopes: true);
        await using var bench = new TypedBench { Services = provider.GetRequiredService<IServiceScopeFactory>() }
            .Add(TypedSource.OfType<TenantProcessor>());
        var request = TypedBench.Traces();
        request.ResourceSpans[0].Resource = null;
        var payload = bench.Payload(request.ToByteArray(), new RequestMetadata([new("x-tenant", "42")]));

        using var result = await bench.FinishAsync(payload);

        var written = OpenTelemetry.Proto.Collector.Trace.V1.ExportTraceServiceRequest.Parser.ParseFrom(result!.Body.Span);
        Assert.Equal(["tenant 42"], TypedBench.Values(written, "tenant"));
    }

    [Fact]
    public async Task LogsOfAScope_AreLeftOut()
    {
        await using var bench = new TypedBench(signal: OtlpSignal.Logs).Add(TypedSource.Of<ResourceLogs>((resourceLogs, _) =>
        {
            foreach (var scope in resourceLogs.ScopeLogs.Where(scope => scope.Scope?.Name == "Noise").ToList())
                resourceLogs.ScopeLogs.Remove(scope);
        }));
        var request = new ExportLogsServiceRequest
        {
            ResourceLogs =
            {
                new ResourceLogs
                {
                    ScopeLogs =
                    {
                        new ScopeLogs { LogRecords = { new LogRecord(), new LogRecord() } },
                        new ScopeLogs { Scope = new() { Name = "Noise" }, LogRecords = { new LogRecord() } },
                    },
                },
            },
        };

        using var result = await TypedBench.FinishAsync(bench.StartAsync(request));

        Assert.Equal((2, 3), (result!.ItemCount, result.ReceivedItems));
    }

    private sealed class Tenants
    {
        private readonly Dictionary<string, string> _names = new() { ["42"] = "tenant 42" };

        public async Task<string> FindAsync(string? id, CancellationToken cancellationToken)
        {
            await Task.Yield();
            cancellationToken.ThrowIfCancellationRequested();
            return _names[id!];
        }
    }

    private sealed class TenantProcessor(Tenants tenants) : IAsyncTraceProcessor
    {
        public async ValueTask ProcessAsync(ResourceSpans resourceSpans, ProcessorContext context)
        {
            var tenant = await tenants.FindAsync(context.Headers.GetValueOrDefault("x-tenant"), context.CancellationToken);
            resourceSpans.Resource ??= new();
            resourceSpans.Resource.Attributes.Add(new KeyValue { Key = "tenant", Value = new AnyValue { StringValue = tenant } });
        }
    }
}
