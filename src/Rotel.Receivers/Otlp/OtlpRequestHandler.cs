using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Http;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.Receivers.Compression;

namespace Rotel.Receivers.Otlp;

/// <summary>
/// Receives the requests of one protocol: whatever arrives is answered in that protocol's words, and what is refused is counted by its
/// intake and logged. One for all connections of the protocol's endpoint.
/// </summary>
internal abstract class OtlpRequestHandler
{
    protected const string ServersLimit = "The body is larger than the server takes.";

    private readonly RefusalLog _refusals;

    /// <param name="intake">The way into the engine.</param>
    /// <param name="maxLength">The largest body, as sent and after decompression.</param>
    /// <param name="metadata">Which headers are kept.</param>
    /// <param name="refusals">Where refusals are noted.</param>
    /// <param name="isMapped">
    /// Whether the application's own server calls, whose routing has found the signal: <see cref="MappedSignal"/>.
    /// </param>
    protected OtlpRequestHandler(Intake intake, int maxLength, OtlpMetadataOptions metadata, RefusalLog refusals, bool isMapped)
    {
        IsMapped = isMapped;
        Receiver = refusals.Receiver;
        Metadata = MetadataCapture.From(metadata);
        Intake = intake;
        Bodies = new BodyReader(intake, maxLength);
        _refusals = refusals;
    }

    /// <summary>The receiver's name in metrics and logs.</summary>
    public string Receiver { get; }

    protected bool IsMapped { get; }

    protected Intake Intake { get; }

    protected BodyReader Bodies { get; }

    /// <summary>Null when no header is kept.</summary>
    protected MetadataCapture? Metadata { get; }

    /// <summary>Answers one request. Throws only for defects, and when the connection fails while the answer is written.</summary>
    public abstract Task HandleAsync(HttpContext context);

    /// <summary>Answers a request whose handling threw.</summary>
    public abstract Task FailAsync(HttpContext context);

    /// <summary>Answers a request that may not pass, unread, and counts it where it names a signal.</summary>
    public abstract Task TurnAwayAsync(HttpContext context, RefusalReason reason, string message);

    /// <summary>
    /// Takes ownership of what was read, undoes its <paramref name="codings"/>, brings it into wire form where <paramref name="isJson"/>,
    /// and hands it in.
    /// </summary>
    /// <returns>What became of it; every refusal is counted.</returns>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    protected async ValueTask<IngestResult> IngestAsync(
        OtlpSignal signal, ReceivedBody body, ContentCodings codings, bool isJson, RequestScope scope)
    {
        for (; !codings.IsIdentity && body.Buffer is not null; codings = codings.WithoutLast())
            body = await Bodies.DecompressAsync(body, codings.Last, scope).ConfigureAwait(false);
        if (isJson && body.Buffer is not null)
            body = await Bodies.ReadJsonAsync(signal, body, scope).ConfigureAwait(false);
        if (body.Buffer is not { } buffer)
            return Refuse(signal, body.Reason, body.Fault!);

        var result = await Intake.IngestAsync(signal, buffer, body.Length, scope.Deadlines, scope.SenderGone, scope.Metadata)
            .ConfigureAwait(false);
        if (!result.IsAccepted)
            _refusals.Note(signal, result.Reason, result.Message);
        return result;
    }

    /// <summary>Which signal the request is for. A signal that goes nowhere has no path.</summary>
    protected bool TryFindSignal(HttpContext context, out OtlpSignal signal)
    {
        if (!IsMapped)
            return TryFindSignal(context.Request.Path.Value, out signal) && Intake.Accepts(signal);
        signal = context.GetEndpoint()!.Metadata.GetRequiredMetadata<MappedSignal>().Signal;
        return Intake.Accepts(signal);
    }

    /// <summary>The signal of a path of Rotel's own server.</summary>
    protected abstract bool TryFindSignal(string? path, out OtlpSignal signal);

    /// <summary>Counts and notes a refusal.</summary>
    protected IngestResult Refuse(OtlpSignal signal, RefusalReason reason, string message)
    {
        _refusals.Note(signal, reason, message);
        return Intake.Refuse(signal, reason, message);
    }

    /// <summary>As <see cref="Refuse"/>; for a request to nowhere there is nothing to count with.</summary>
    protected IngestResult RefuseUnread(OtlpSignal? signal, RefusalReason reason, string message) => signal is { } known
        ? Refuse(known, reason, message)
        : IngestResult.Refused(reason, message, reason.IsRetryable() ? Intake.BusyRetryAfter : null);

    /// <summary>Whether a server that is not Rotel's own, or a limit its application has set, takes less than Rotel would.</summary>
    protected static bool IsOverServersLimit(BadHttpRequestException exception) =>
        exception.StatusCode == StatusCodes.Status413PayloadTooLarge;

    /// <summary>Whether an exception means that the sender broke off, and not a defect.</summary>
    protected static bool IsBrokenOff(Exception exception) => exception is IOException or OperationCanceledException;
}
