using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Grpc.Net.Client;
using OpenTelemetry.Proto.Collector.Trace.V1;
using Rotel.TestKit.Backends;
using Rotel.TestKit.Telemetry;

namespace Rotel.TestKit;

public class BackendIsolationTests
{
    [Fact]
    public async Task Receive_WithEverythingListened_ShowsNoServerToInstrumentation()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var seen = new ConcurrentBag<string>();
        using var activities = new ActivityListener
        {
            ShouldListenTo = source => source.Name.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal),
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStarted = activity => seen.Add(activity.OperationName),
        };
        ActivitySource.AddActivityListener(activities);
        using var meters = new MeterListener
        {
            InstrumentPublished = (instrument, _) => seen.Add($"{instrument.Meter.Name}: {instrument.Name}"),
        };
        meters.Start();
        using var diagnostics = DiagnosticListener.AllListeners.Subscribe(new Names(seen));

        await using var backend = await OtlpBackend.StartAsync(cancellation);
        using var channel = GrpcChannel.ForAddress(backend.GrpcEndpoint);
        await new TraceService.TraceServiceClient(channel).ExportAsync(new StandardLoad().Traces(1), cancellationToken: cancellation);

        Assert.DoesNotContain(seen, name => name.StartsWith("Microsoft.AspNetCore", StringComparison.Ordinal));
        Assert.Contains(seen, name => name.StartsWith("Rotel.TestKit.Backend", StringComparison.Ordinal));
    }

    private sealed class Names(ConcurrentBag<string> seen) : IObserver<DiagnosticListener>
    {
        public void OnCompleted()
        {
        }

        public void OnError(Exception error)
        {
        }

        public void OnNext(DiagnosticListener value) => seen.Add(value.Name);
    }
}
