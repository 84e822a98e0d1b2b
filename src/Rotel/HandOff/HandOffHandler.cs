using System.Net;
using Rotel.Memory;
using Rotel.Otlp;
using Rotel.Pipelines;

namespace Rotel.HandOff;

/// <summary>
/// Stands where the SDK's OTLP exporter expects a network: takes the serialised request out of its memory and gives it to the intake,
/// without a socket. The exporter calls it on a thread of its own and reuses its buffer, so the body is copied before the call returns; it
/// blocks for up to the exporter's time-out when there is no room, for the SDK would not try again.
/// </summary>
internal sealed class HandOffHandler(Intake intake, OtlpSignal signal, TimeSpan timeout) : HttpMessageHandler
{
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var deadlines = intake.StartRequest(timeout);
        using var content = request.Content!.ReadAsStream(cancellationToken);
        return intake.Rent(LengthOf(content), deadlines) is { } buffer
            ? Answer(intake.Ingest(signal, Fill(buffer, content), LengthOf(content), deadlines))
            : Answer(intake.Refuse(signal, RefusalReason.Busy, "No room in the memory budget."));
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var deadlines = intake.StartRequest(timeout);
        using var content = await request.Content!.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        if (await intake.RentAsync(LengthOf(content), deadlines, cancellationToken).ConfigureAwait(false) is not { } buffer)
            return Answer(intake.Refuse(signal, RefusalReason.Busy, "No room in the memory budget."));
        return Answer(
            await intake.IngestAsync(signal, Fill(buffer, content), LengthOf(content), deadlines, cancellationToken).ConfigureAwait(false));
    }

    /// <summary>The content is a view of the exporter's buffer, so its length is known.</summary>
    private static int LengthOf(Stream content) => checked((int)content.Length);

    private static PooledBuffer Fill(PooledBuffer buffer, Stream content)
    {
        content.ReadExactly(buffer.Span[..LengthOf(content)]);
        return buffer;
    }

    private static HttpResponseMessage Answer(IngestResult result) => new(StatusOf(result)) { ReasonPhrase = result.Message };

    private static HttpStatusCode StatusOf(IngestResult result) => result switch
    {
        { IsAccepted: true } => HttpStatusCode.OK,
        { RetryAfter: not null } => HttpStatusCode.ServiceUnavailable,
        _ => HttpStatusCode.BadRequest,
    };
}
