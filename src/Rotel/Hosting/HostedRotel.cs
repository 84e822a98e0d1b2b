using System.Diagnostics;
using System.Net;
using Rotel.Operation;

namespace Rotel.Hosting;

/// <summary>What a host's own code sees of its collector. Not disposable: that is for the runtime, and at another time.</summary>
internal sealed class HostedRotel(RotelRuntime runtime) : IRotel
{
    public bool IsEnabled => runtime.Collector is not null;

    public IReadOnlyList<EndPoint> GrpcEndpoints => runtime.Collector?.GrpcEndpoints ?? [];

    public IReadOnlyList<EndPoint> HttpEndpoints => runtime.Collector?.HttpEndpoints ?? [];

    public IReadOnlyList<EndPoint> StatusEndpoints => runtime.Collector?.StatusEndpoints ?? [];

    public RotelStatus GetStatus() => runtime.Collector?.Status.Get() ?? StatusSource.SwitchedOff();

    public Task FlushAsync(CancellationToken cancellationToken = default) =>
        runtime.Collector?.FlushAsync(cancellationToken) ?? Task.CompletedTask;

    public Task<bool> TryFlushAsync(TimeSpan deadline) => CollectorFlush.TryFlushAsync(runtime.Collector, deadline);

    public Task<TraceDelivery> WaitForDeliveryAsync(
        ActivityTraceId traceId, int spans = 1, CancellationToken cancellationToken = default) =>
        CollectorFlush.WaitForDeliveryAsync(runtime.Collector, traceId, spans, cancellationToken);
}
