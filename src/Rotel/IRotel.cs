using System.Diagnostics;
using System.Net;
using Rotel.Operation;

namespace Rotel;

/// <summary>The Rotel of this process. In a host it is a service; without one, <see cref="RotelAgent"/> is it.</summary>
public interface IRotel
{
    /// <summary>Gets a value indicating whether Rotel does anything: false when it is switched off.</summary>
    bool IsEnabled { get; }

    /// <summary>Gets where OTLP over gRPC is received, with the ports that were bound; empty when it is off or not started.</summary>
    IReadOnlyList<EndPoint> GrpcEndpoints { get; }

    /// <summary>Gets where OTLP over HTTP is received, with the ports that were bound; empty when it is off or not started.</summary>
    IReadOnlyList<EndPoint> HttpEndpoints { get; }

    /// <summary>Gets where <c>/rotel/status</c> is answered, with the ports that were bound; empty where nobody asked for it.</summary>
    IReadOnlyList<EndPoint> StatusEndpoints { get; }

    /// <summary>Tells how Rotel is doing now: its state, and what became of everything it took.</summary>
    /// <returns>What is so at this moment; it does not change afterwards.</returns>
    RotelStatus GetStatus();

    /// <summary>
    /// Completes when everything that was ended before the call, in this process's SDK or by senders, is delivered or, after its retries,
    /// dropped.
    /// </summary>
    /// <remarks>Metrics are collected for it, whenever they were last: one more point of each series.</remarks>
    /// <param name="cancellationToken">The deadline.</param>
    /// <exception cref="OperationCanceledException">The deadline came first; nothing is lost by that.</exception>
    Task FlushAsync(CancellationToken cancellationToken = default);

    /// <summary>
    /// As <see cref="FlushAsync(CancellationToken)"/>, for those who go on whatever the outcome, such as a function before its process is
    /// frozen. What failed is tried again at least every second meanwhile.
    /// </summary>
    /// <param name="deadline">How long it may take; <see cref="Timeout.InfiniteTimeSpan"/> for no limit.</param>
    /// <returns>Whether everything was settled in time; if not, it is still held, and nothing is lost by that.</returns>
    Task<bool> TryFlushAsync(TimeSpan deadline);

    /// <summary>
    /// For tests: hands over what this process's SDK holds, and completes when at least so many spans of a trace have been accepted, from
    /// wherever they came, and all of it that was accepted by then is finished at every destination.
    /// </summary>
    /// <param name="traceId">The trace.</param>
    /// <param name="spans">How many spans to wait for. What is not sampled, or left out by a processor, never comes.</param>
    /// <param name="cancellationToken">The deadline.</param>
    /// <returns>How many spans were accepted, and the worst that happened to any of them.</returns>
    /// <exception cref="InvalidOperationException">Rotel is switched off, or <see cref="RotelOptions.RememberedTraces"/> is 0.</exception>
    /// <exception cref="OperationCanceledException">The deadline came first; the message says what had been seen by then.</exception>
    Task<TraceDelivery> WaitForDeliveryAsync(ActivityTraceId traceId, int spans = 1, CancellationToken cancellationToken = default);
}
