using System.Net;
using System.Net.Http.Headers;
using Rotel.Exporters.Authentication;
using Rotel.Exporters.Compression;
using Rotel.Exporters.Http;
using Rotel.Pipelines;

namespace Rotel.Exporters.Otlp;

/// <summary>OTLP over HTTP with binary protobuf (https://opentelemetry.io/docs/specs/otlp/#otlphttp).</summary>
internal class OtlpHttpExporter(
    OtlpDestination destination,
    HttpMessageInvoker client,
    BatchCompressor? compressor,
    RequestAuthenticator? authenticator,
    TimeProvider time)
    : OtlpSignalExporter(destination, client, compressor, authenticator)
{
    internal const string Protobuf = "application/x-protobuf";
    internal const string Json = "application/json";

    /// <summary>No honest answer has more content codings, and each costs memory and time.</summary>
    private const int MaxCodings = 4;

    private static readonly MediaTypeHeaderValue ProtobufType = new(Protobuf);

    /// <summary>Of requests; answers come in the same.</summary>
    protected virtual MediaTypeHeaderValue ContentType => ProtobufType;

    protected sealed override ReadOnlyMemory<byte> Prefix(long length, string? coding) => default;

    protected sealed override void Describe(HttpRequestMessage request, string? coding)
    {
        // HTTP/2 where TLS negotiates it; over cleartext this is HTTP/1.1.
        request.Version = HttpVersion.Version20;
        request.VersionPolicy = HttpVersionPolicy.RequestVersionOrLower;
        request.Headers.TryAddWithoutValidation("User-Agent", ExporterHttpClient.UserAgent);
        request.Headers.TryAddWithoutValidation("Accept", ContentType.MediaType);
        request.Content!.Headers.ContentType = ContentType;
        if (coding is not null)
            request.Content.Headers.TryAddWithoutValidation("Content-Encoding", coding);
    }

    protected sealed override async ValueTask<ExportOutcome> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        using var body = await ResponseBody.ReadAsync(response, cancellationToken).ConfigureAwait(false);
        if (!body.IsComplete && response.IsSuccessStatusCode)
            return ExportOutcome.Rejected(ResponseBody.TooLong(Destination.Name));

        var bytes = body.Bytes;
        foreach (var coding in response.Content.Headers.ContentEncoding.Reverse().Take(MaxCodings))
            bytes = BoundedDecoding.Decode(coding, bytes, ResponseBody.MaxKeptBytes);
        return HttpOutcome.Of(
            Destination.Signal,
            (int)response.StatusCode,
            response.Content.Headers.ContentType?.MediaType,
            bytes.Span,
            HttpFailure.RetryAfter(response.Headers, time),
            Destination.Name,
            response.Headers.Location);
    }
}
