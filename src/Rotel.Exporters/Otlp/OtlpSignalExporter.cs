using System.Net;
using Rotel.Batching;
using Rotel.Delivery;
using Rotel.Exporters.Authentication;
using Rotel.Exporters.Compression;
using Rotel.Exporters.Http;
using Rotel.Memory;
using Rotel.Otlp;
using Rotel.Pipelines;

namespace Rotel.Exporters.Otlp;

/// <summary>Sends the batches of one signal to its destination: what gRPC and HTTP have in common.</summary>
/// <param name="destination">Where to.</param>
/// <param name="client">The connections; the owner of this disposes them.</param>
/// <param name="compressor">Null sends the wire form; the owner of this disposes it.</param>
/// <param name="authenticator">Null sends requests as they are; the owner of this disposes it.</param>
internal abstract class OtlpSignalExporter(
    OtlpDestination destination, HttpMessageInvoker client, BatchCompressor? compressor, RequestAuthenticator? authenticator)
{
    /// <summary>As <see cref="OtlpExporter"/> is given it; the text it sees is without secrets.</summary>
    public Func<OtlpSignal, int, ExportOutcome, ExportOutcome>? Judge { get; set; }

    protected OtlpDestination Destination => destination;

    public virtual EncodedBatch? Encode(OtlpBatch batch) => compressor?.Compress(batch);

    /// <inheritdoc cref="IExporter.ExportAsync"/>
    public async ValueTask<ExportOutcome> ExportAsync(OtlpBatch batch, CancellationToken cancellationToken)
    {
        if (Unsendable(batch) is { } unsendable)
            return unsendable;

        // As the specification has it: what is over the limit is not sent.
        if (UncompressedLength(batch) is var length && length > destination.MaxRequestBytes)
            return ExportOutcome.TooLarge($"a request of {length} bytes is over the limit of {destination.MaxRequestBytes}");
        if ((EncodedForm(batch)?.Length ?? batch.WireLength) is var sent && sent > destination.MaxSentBytes)
            return ExportOutcome.TooLarge($"a request of {sent} bytes as sent is over the limit of {destination.MaxSentBytes}");

        return await SendAsync(batch, mayRenew: authenticator is not null, cancellationToken).ConfigureAwait(false)
            ?? await SendAsync(batch, mayRenew: false, cancellationToken).ConfigureAwait(false)
            ?? throw new InvalidOperationException("Credentials are renewed once.");
    }

    /// <summary>What becomes of a batch that could not be encoded; null for all others.</summary>
    protected virtual ExportOutcome? Unsendable(OtlpBatch batch) => null;

    /// <summary>The bytes of a request before compression.</summary>
    protected virtual long UncompressedLength(OtlpBatch batch) => batch.WireLength;

    /// <summary>The form of a batch that is sent; null for its wire form.</summary>
    protected virtual PooledSegments? EncodedForm(OtlpBatch batch) => (batch.Encoded as CompressedBatch)?.Segments;

    /// <summary>The bytes before a message of the given length; its coding is null when it is not compressed.</summary>
    protected abstract ReadOnlyMemory<byte> Prefix(long length, string? coding);

    /// <summary>Sets version, headers and content headers.</summary>
    protected abstract void Describe(HttpRequestMessage request, string? coding);

    /// <summary>Makes an outcome of an answer. May throw what the connection throws.</summary>
    protected abstract ValueTask<ExportOutcome> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken);

    /// <summary>Whether a whole answer says that the credentials are not valid.</summary>
    protected virtual bool IsUnauthenticated(HttpResponseMessage response) => response.StatusCode == HttpStatusCode.Unauthorized;

    /// <summary>Sends once; null when the credentials were refused and others can be had.</summary>
    private async ValueTask<ExportOutcome?> SendAsync(OtlpBatch batch, bool mayRenew, CancellationToken cancellationToken)
    {
        var encoded = EncodedForm(batch);
        var coding = encoded is null ? null : compressor?.Name;
        using var content = SegmentsContent.Of(batch, encoded, Prefix(encoded?.Length ?? batch.WireLength, coding));
        using var request = new HttpRequestMessage(HttpMethod.Post, destination.Url) { Content = content };
        Describe(request, coding);
        foreach (var (name, value) in destination.Headers)
            RequestHeaders.Set(request, name, value);

        foreach (var (name, value) in batch.Metadata?.Headers ?? [])
        {
            request.Headers.Remove(name);
            request.Headers.TryAddWithoutValidation(name, value);
        }

        try
        {
            if (authenticator is not null
                && await authenticator.AuthenticateAsync(request, cancellationToken).ConfigureAwait(false) is { } problem)
            {
                return ExportOutcome.Retry($"{destination.Name}: {problem}");
            }

            using var response = await client.SendAsync(request, cancellationToken).ConfigureAwait(false);
            var outcome = await ReadAsync(response, cancellationToken).ConfigureAwait(false);
            if (mayRenew && IsUnauthenticated(response) && authenticator!.Renew(request))
                return null;
            outcome = SentSecrets.Remove(request, outcome);
            return Judge is null ? outcome : Judge(destination.Signal, (int)response.StatusCode, outcome);
        }
        catch (Exception exception) when (HttpFailure.IsTransport(exception, cancellationToken))
        {
            return SentSecrets.Remove(request, HttpFailure.Retry(exception, destination.Name));
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
}
