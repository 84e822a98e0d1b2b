using System.Net.Http.Headers;
using Rotel.Batching;
using Rotel.Delivery;
using Rotel.Exporters.Authentication;
using Rotel.Exporters.Compression;
using Rotel.Memory;
using Rotel.Pipelines;

namespace Rotel.Exporters.Otlp;

/// <summary>OTLP over HTTP with JSON (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding).</summary>
/// <param name="destination">Where to.</param>
/// <param name="client">The connections; the owner of this disposes them.</param>
/// <param name="compressor">What the encoder compresses with; null for none.</param>
/// <param name="encoder">Writes the text; the owner of this disposes it.</param>
/// <param name="authenticator">Null sends requests as they are; the owner of this disposes it.</param>
/// <param name="time">The clock of dates in answers.</param>
internal sealed class OtlpJsonExporter(
    OtlpDestination destination,
    HttpMessageInvoker client,
    BatchCompressor? compressor,
    JsonBatchEncoder encoder,
    RequestAuthenticator? authenticator,
    TimeProvider time)
    : OtlpHttpExporter(destination, client, compressor, authenticator, time)
{
    private static readonly MediaTypeHeaderValue JsonType = new(Json);

    protected override MediaTypeHeaderValue ContentType => JsonType;

    public override EncodedBatch? Encode(OtlpBatch batch) => encoder.Encode(batch);

    protected override long UncompressedLength(OtlpBatch batch) => ((JsonBatch)batch.Encoded!).TextLength;

    protected override PooledSegments? EncodedForm(OtlpBatch batch) => ((JsonBatch)batch.Encoded!).Segments;

    protected override ExportOutcome? Unsendable(OtlpBatch batch) =>
        EncodedForm(batch) is null ? ExportOutcome.Rejected("the batch is not protobuf throughout") : null;
}
