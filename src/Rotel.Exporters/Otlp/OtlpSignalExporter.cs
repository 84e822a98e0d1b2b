using Rotel.Batching;
using Rotel.Delivery;
using Rotel.Exporters.Compression;
using Rotel.Exporters.Http;
using Rotel.Pipelines;

namespace Rotel.Exporters.Otlp;

/// <summary>Sends the batches of one signal to its destination: what gRPC and HTTP have in common.</summary>
/// <param name="destination">Where to.</param>
/// <param name="client">The connections; the owner of this disposes them.</param>
/// <param name="compressor">Null sends the wire form; the owner of this disposes it.</param>
internal abstract class OtlpSignalExporter(OtlpDestination destination, HttpMessageInvoker client, BatchCompressor? compressor)
{
    protected OtlpDestination Destination => destination;

    public EncodedBatch? Encode(OtlpBatch batch) => compressor?.Compress(batch);

    /// <inheritdoc cref="IExporter.ExportAsync"/>
    public async ValueTask<ExportOutcome> ExportAsync(OtlpBatch batch, CancellationToken cancellationToken)
    {
        var encoded = (batch.Encoded as CompressedBatch)?.Segments;
        var coding = encoded is null ? null : compressor?.Name;
        using var content = new BatchContent(batch, encoded, Prefix(encoded?.Length ?? batch.WireLength, coding));
        using var request = new HttpRequestMessage(HttpMethod.Post, destination.Url) { Content = content };
        Describe(request, coding);
        foreach (var (name, value) in destination.Headers)
        {
            request.Headers.Remove(name);
            request.Headers.TryAddWithoutValidation(name, value);
        }

        foreach (var (name, value) in batch.Metadata?.Headers ?? [])
        {
            request.Headers.Remove(name);
            request.Headers.TryAddWithoutValidation(name, value);
        }

        try
        {
            using var response = await client.SendAsync(request, cancellationToken).ConfigureAwait(false);
            return await ReadAsync(response, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (HttpFailure.IsTransport(exception, cancellationToken))
        {
            return HttpFailure.Retry(exception, destination.Name);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            // A connection that is cut by the attempt's end may say so in its own words.
            throw new OperationCanceledException("The attempt is over.", exception, cancellationToken);
        }
        finally
        {
            // An answer can come before the whole body is written, and the batch is the caller's again once this returns.
            await content.StopAsync().ConfigureAwait(false);
        }
    }

    /// <summary>The bytes before a message of the given length; its coding is null when it is not compressed.</summary>
    protected abstract ReadOnlyMemory<byte> Prefix(long length, string? coding);

    /// <summary>Sets version, headers and content headers.</summary>
    protected abstract void Describe(HttpRequestMessage request, string? coding);

    /// <summary>Makes an outcome of an answer. May throw what the connection throws.</summary>
    protected abstract ValueTask<ExportOutcome> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken);
}
