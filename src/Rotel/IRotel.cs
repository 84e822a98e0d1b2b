using System.Net;

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

    /// <summary>
    /// Completes when everything that was ended before the call, in this process's SDK or by senders, is delivered or, after its retries,
    /// dropped.
    /// </summary>
    /// <param name="cancellationToken">The deadline.</param>
    /// <exception cref="OperationCanceledException">The deadline came first; nothing is lost by that.</exception>
    Task FlushAsync(CancellationToken cancellationToken = default);
}
