using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;

namespace Rotel.Throughput.Naive;

/// <summary>OTLP over gRPC with the generated client's call, compressed by the gRPC library (gzip, level Fastest) where asked.</summary>
/// <param name="export">The generated client's asynchronous Export method.</param>
internal sealed class NaiveGrpcExporter<TRequest, TResponse>(
    GrpcChannel channel, Func<TRequest, CallOptions, AsyncUnaryCall<TResponse>> export, NaiveOptions options) : INaiveExporter<TRequest>
    where TRequest : class, IMessage<TRequest>, new()
{
    private static readonly Metadata GzipEncoding = new() { { "grpc-internal-encoding-request", "gzip" } };

    public async Task ExportAsync(TRequest batch, CancellationToken cancellationToken)
    {
        var call = new CallOptions(
            options.Gzip ? GzipEncoding : null, TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(5), cancellationToken);
        await export(batch, call);
    }

    public void Dispose() => channel.Dispose();
}
