using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using Rotel.Exporters.Authentication;
using Rotel.Exporters.Compression;
using Rotel.Exporters.Http;
using Rotel.Otlp;
using Rotel.Pipelines;

namespace Rotel.Exporters.Otlp;

/// <summary>OTLP over gRPC: unary calls on HTTP/2, framed here because a batch is written from its segments.</summary>
internal sealed class OtlpGrpcExporter(
    OtlpDestination destination,
    HttpMessageInvoker client,
    BatchCompressor? compressor,
    RequestAuthenticator? authenticator,
    TimeProvider time)
    : OtlpSignalExporter(destination, client, compressor, authenticator)
{
    private const string ContentTypeName = "application/grpc";
    private const string Status = "grpc-status";
    private const string UnauthenticatedCode = "16";

    private static readonly MediaTypeHeaderValue ContentType = new(ContentTypeName);

    protected override ReadOnlyMemory<byte> Prefix(long length, string? coding) => GrpcFrame.Prefix(coding is not null, length);

    protected override void Describe(HttpRequestMessage request, string? coding)
    {
        // Over cleartext "exact" means HTTP/2 without asking first, which is what gRPC servers speak.
        request.Version = HttpVersion.Version20;
        request.VersionPolicy = HttpVersionPolicy.RequestVersionExact;
        var headers = request.Headers;
        headers.TryAddWithoutValidation("User-Agent", ExporterHttpClient.UserAgent);
        headers.TryAddWithoutValidation("TE", "trailers");
        headers.TryAddWithoutValidation("grpc-accept-encoding", "identity,gzip");
        if (coding is not null)
            headers.TryAddWithoutValidation("grpc-encoding", coding);
        request.Content!.Headers.ContentType = ContentType;
    }

    protected override async ValueTask<ExportOutcome> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.StatusCode != HttpStatusCode.OK
            || response.Content.Headers.ContentType?.MediaType?.StartsWith(ContentTypeName, StringComparison.OrdinalIgnoreCase) != true)
        {
            return GrpcOutcome.OfHttp(
                (int)response.StatusCode, HttpFailure.RetryAfter(response.Headers, time), Destination.Name, response.Headers.Location);
        }

        using var body = await ResponseBody.ReadAsync(response, cancellationToken).ConfigureAwait(false);

        if (!body.IsComplete)
            return ExportOutcome.Rejected(ResponseBody.TooLong(Destination.Name));

        var trailers = Trailers(response);
        if (Value(trailers, Status) is not { } status)
            return ExportOutcome.Retry($"the answer from {Destination.Name} ended without a gRPC status");

        var code = int.TryParse(status, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= (int)GrpcCode.Unauthenticated
            ? (GrpcCode)number
            : GrpcCode.Unknown;
        return code == GrpcCode.Ok ? Success(response, body.Bytes) : Failure(code, trailers);
    }

    protected override bool IsUnauthenticated(HttpResponseMessage response) =>
        base.IsUnauthenticated(response) || Value(Trailers(response), Status) == UnauthenticatedCode;

    /// <summary>A refusal without a message is one block of headers, which then holds what trailers otherwise do.</summary>
    private static HttpResponseHeaders Trailers(HttpResponseMessage response) =>
        Value(response.Headers, Status) is null ? response.TrailingHeaders : response.Headers;

    private static ExportOutcome Success(HttpResponseMessage response, ReadOnlyMemory<byte> body)
    {
        // The status has said that the batch arrived; a message we cannot read changes nothing.
        if (!GrpcFrame.TryRead(body, out var compressed, out var message))
            return ExportOutcome.Delivered();
        if (compressed)
            message = BoundedDecoding.Decode(Value(response.Headers, "grpc-encoding") ?? "", message, ResponseBody.MaxKeptBytes);

        var answer = ExportResponse.Read(message.Span);
        return answer.IsPartialSuccess
            ? ExportOutcome.PartlyDelivered(answer.Rejected, PeerText.Clean(answer.Message))
            : ExportOutcome.Delivered();
    }

    private ExportOutcome Failure(GrpcCode code, HttpResponseHeaders trailers)
    {
        var details = Details(Value(trailers, "grpc-status-details-bin"));

        // Percent-encoded UTF-8; a sequence that is not is left as it is.
        var message = Uri.UnescapeDataString(Value(trailers, "grpc-message") ?? "");
        return GrpcOutcome.Of(code, message.Length > 0 ? message : details.Message, details.RetryDelay, Destination.Name);
    }

    /// <summary>Base64, which gRPC writes without padding and lets others pad.</summary>
    private static RpcStatus Details(string? text)
    {
        if (text is null)
            return new RpcStatus(0, "");

        text = text.Split(',')[0].TrimEnd('=');
        var bytes = new byte[(text.Length / 4 * 3) + 3];
        return Convert.TryFromBase64String(text.PadRight((text.Length + 3) / 4 * 4, '='), bytes, out var length)
            ? RpcStatus.Read(bytes.AsSpan(0, length))
            : new RpcStatus(0, "");
    }

    private static string? Value(HttpResponseHeaders headers, string name)
    {
        if (!headers.NonValidated.TryGetValues(name, out var values))
            return null;
        foreach (var value in values)
            return value;
        return null;
    }
}
