using System.Net;
using System.Net.Http.Headers;
using Rotel.Exporters.Compression;
using Rotel.Exporters.Http;
using Rotel.Pipelines;

namespace Rotel.Exporters.Otlp;

/// <summary>OTLP over HTTP with binary protobuf (https://opentelemetry.io/docs/specs/otlp/#otlphttp).</summary>
internal sealed class OtlpHttpExporter(OtlpDestination destination, HttpMessageInvoker client, BatchCompressor? compressor, TimeProvider time)
    : OtlpSignalExporter(destination, client, compressor)
{
    internal const string Protobuf = "application/x-protobuf";

    private static readonly MediaTypeHeaderValue ContentType = new(Protobuf);

    protected override ReadOnlyMemory<byte> Prefix(long length, string? coding) => default;

    protected override void Describe(HttpRequestMessage request, string? coding)
    {
        // HTTP/2 where TLS negotiates it; over cleartext this is HTTP/1.1.
        request.Version = HttpVersion.Version20;
        request.VersionPolicy = HttpVersionPolicy.RequestVersionOrLower;
        request.Headers.TryAddWithoutValidation("User-Agent", ExporterHttpClient.UserAgent);
        request.Headers.TryAddWithoutValidation("Accept", Protobuf);
        request.Content!.Headers.ContentType = ContentType;
        if (coding is not null)
            request.Content.Headers.TryAddWithoutValidation("Content-Encoding", coding);
    }

    protected override async ValueTask<ExportOutcome> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        using var body = await ResponseBody.ReadAsync(response, cancellationToken).ConfigureAwait(false);
        var bytes = body.Bytes;
        foreach (var coding in response.Content.Headers.ContentEncoding)
            bytes = BoundedDecoding.Decode(coding, bytes, ResponseBody.MaxKeptBytes);
        return HttpOutcome.Of(
            (int)response.StatusCode,
            response.Content.Headers.ContentType?.MediaType,
            bytes.Span,
            HttpFailure.RetryAfter(response.Headers, time),
            Destination.Name);
    }
}
