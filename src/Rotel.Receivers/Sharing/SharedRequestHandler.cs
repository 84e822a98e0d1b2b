using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.Receivers.Otlp;
using Rotel.Threading;

namespace Rotel.Receivers.Sharing;

/// <summary>Answers the requests of followers, as <see cref="SharedProtocol"/> has it.</summary>
internal sealed class SharedRequestHandler : OtlpRequestHandler
{
    private readonly Intake _delivered;
    private readonly Func<CancellationToken, Task<bool>> _flush;
    private readonly RefusalLog _refusals;
    private readonly WorkInProgress _arriving = new();
    private readonly WorkInProgress _links = new();
    private volatile TaskCompletionSource _leaving = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="accepted">Answers when a body is in its queues.</param>
    /// <param name="delivered">Answers when it is delivered, however long that takes.</param>
    /// <param name="flush">Whether nothing is left of what was accepted before the call.</param>
    /// <param name="refusals">Where refusals are noted.</param>
    public SharedRequestHandler(Intake accepted, Intake delivered, Func<CancellationToken, Task<bool>> flush, RefusalLog refusals)
        : base(accepted, int.MaxValue, new OtlpMetadataOptions(), refusals, isMapped: false)
    {
        _delivered = delivered;
        _flush = flush;
        _refusals = refusals;
    }

    private bool IsLeaving => _leaving.Task.IsCompleted;

    /// <summary>Ends every link, and refuses what comes from now on for the sender to bring to the next holder.</summary>
    public void Leave() => _leaving.TrySetResult();

    /// <summary>Takes links and requests again.</summary>
    public void Stay()
    {
        if (IsLeaving)
            _leaving = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>
    /// To be called after <see cref="Leave"/>: completes when no request is left that may yet be accepted, and every follower has been sent
    /// the end of its link. Requests that wait for a delivery are told how it ends.
    /// </summary>
    public Task NothingArrivesAsync() => Task.WhenAll(_arriving.NoneAsync(), _links.NoneAsync());

    public override Task HandleAsync(HttpContext context) => context.Request.Path.Value switch
    {
        SharedProtocol.LinkPath => LinkAsync(context),
        SharedProtocol.FlushPath => FlushAsync(context),
        _ when TryFindSignal(context, out var signal) => ReceiveAsync(context, signal),
        _ => AnswerAsync(context, StatusCodes.Status404NotFound, "Nothing is received at this path."),
    };

    public override Task FailAsync(HttpContext context) =>
        AnswerAsync(context, StatusCodes.Status500InternalServerError, "The holder failed.");

    public override Task TurnAwayAsync(HttpContext context, RefusalReason reason, string message)
    {
        OtlpSignal? signal = TryFindSignal(context, out var found) ? found : null;
        return AnswerAsync(context, RefuseUnread(signal, reason, message));
    }

    protected override bool TryFindSignal(string? path, out OtlpSignal signal)
    {
        foreach (var candidate in OtlpSignals.All)
        {
            if (string.Equals(path, candidate.HttpPath(), StringComparison.Ordinal))
            {
                signal = candidate;
                return true;
            }
        }

        signal = default;
        return false;
    }

    private async Task LinkAsync(HttpContext context)
    {
        var leaving = _leaving.Task;
        if (leaving.IsCompleted)
        {
            await AnswerAsync(context, StatusCodes.Status503ServiceUnavailable, "This process leaves.").ConfigureAwait(false);
            return;
        }

        // Until the connection is closed, which is when its last word has left: a process that ends with it in a buffer seems to have died.
        context.Response.Headers.Connection = "close";
        _links.Begin();
        context.Features.GetRequiredFeature<IConnectionLifetimeFeature>().ConnectionClosed.Register(_links.End);
        try
        {
            await context.Response.StartAsync(context.RequestAborted).ConfigureAwait(false);
            await context.Response.BodyWriter.FlushAsync(context.RequestAborted).ConfigureAwait(false);
            await leaving.WaitAsync(context.RequestAborted).ConfigureAwait(false);
            SharedProtocol.Moved.CopyTo(context.Response.BodyWriter.GetSpan(SharedProtocol.Moved.Length));
            context.Response.BodyWriter.Advance(SharedProtocol.Moved.Length);
            await context.Response.CompleteAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (IsBrokenOff(exception))
        {
            // The follower is gone.
        }
    }

    /// <summary>Also while this process leaves: it delivers to its end, and a follower may ask for what it handed over before.</summary>
    private async Task FlushAsync(HttpContext context)
    {
        bool isFlushed;
        try
        {
            isFlushed = await _flush(context.RequestAborted).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // The follower is gone, or this process stops.
            isFlushed = false;
        }

        if (isFlushed)
            context.Response.ContentLength = 0;
        else
            await AnswerAsync(context, StatusCodes.Status503ServiceUnavailable, "It was not all delivered.").ConfigureAwait(false);
    }

    private async Task ReceiveAsync(HttpContext context, OtlpSignal signal)
    {
        var request = context.Request;
        IngestResult result;
        if (IsLeaving)
        {
            result = Refuse(signal, RefusalReason.Stopping, "This process hands the agent over.");
        }
        else if (request.ContentLength is not { } length || !MetadataHeader.TryRead(request.Headers[MetadataHeader.Name], out var metadata))
        {
            result = Refuse(signal, RefusalReason.Malformed, "The request does not come from a follower of this version.");
        }
        else
        {
            try
            {
                result = await ReceiveAsync(context, signal, length, metadata).ConfigureAwait(false);
            }
            catch (Exception exception) when (IsBrokenOff(exception))
            {
                // Gone, or so slow that the server gave up; in the latter case the answer may still arrive, and is none that is final.
                Refuse(signal, RefusalReason.SenderGone, "The body did not arrive.");
                await AnswerAsync(context, StatusCodes.Status408RequestTimeout, "The body did not arrive.").ConfigureAwait(false);
                return;
            }
        }

        if (result.IsAccepted)
            context.Response.ContentLength = 0;
        else
            await AnswerAsync(context, result).ConfigureAwait(false);
    }

    private async ValueTask<IngestResult> ReceiveAsync(HttpContext context, OtlpSignal signal, long length, RequestMetadata? metadata)
    {
        if (context.Request.Headers[SharedProtocol.Acknowledge] == SharedProtocol.Delivered)
            return await ReceiveAsync(_delivered, context, signal, length, metadata).ConfigureAwait(false);

        _arriving.Begin();
        try
        {
            // Looked at again: who waits for the last to arrive has begun before this one, or counts it.
            return IsLeaving
                ? Refuse(signal, RefusalReason.Stopping, "This process hands the agent over.")
                : await ReceiveAsync(Intake, context, signal, length, metadata).ConfigureAwait(false);
        }
        finally
        {
            _arriving.End();
        }
    }

    private async ValueTask<IngestResult> ReceiveAsync(
        Intake intake, HttpContext context, OtlpSignal signal, long length, RequestMetadata? metadata)
    {
        var scope = new RequestScope(intake.StartRequest(senderTimeout: null), metadata, context.RequestAborted);
        var body = await Bodies.ReadExactAsync(context.Request.BodyReader, length, mustEnd: false, scope).ConfigureAwait(false);
        if (body.Buffer is not { } buffer)
            return Refuse(signal, body.Reason, body.Fault!);

        var result = await intake.IngestAsync(signal, buffer, body.Length, scope.Deadlines, scope.SenderGone, metadata)
            .ConfigureAwait(false);
        if (!result.IsAccepted)
            _refusals.Note(signal, result.Reason, result.Message);
        return result;
    }

    /// <summary>
    /// What was given up is counted here; the follower must not bring it again, for other destinations may have it. But where this process
    /// leaves, it may only have been cut off, and the next one is to try.
    /// </summary>
    private int StatusCodeOf(RefusalReason reason) => reason switch
    {
        RefusalReason.TooLarge => StatusCodes.Status413PayloadTooLarge,
        RefusalReason.Busy or RefusalReason.Stopping => StatusCodes.Status503ServiceUnavailable,
        RefusalReason.NotDelivered when IsLeaving => StatusCodes.Status503ServiceUnavailable,
        _ => StatusCodes.Status400BadRequest,
    };

    private Task AnswerAsync(HttpContext context, IngestResult refusal)
    {
        var headers = context.Response.Headers;
        headers[SharedProtocol.Reason] = refusal.Reason.Name();
        if (refusal.RetryAfter is { } delay && !IsLeaving)
            headers.RetryAfter = Math.Ceiling(delay.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        return AnswerAsync(context, StatusCodeOf(refusal.Reason), refusal.Message!);
    }

    private static async Task AnswerAsync(HttpContext context, int statusCode, string words)
    {
        var response = context.Response;
        var body = Encoding.UTF8.GetBytes(words);
        response.StatusCode = statusCode;
        response.ContentType = "text/plain";
        response.ContentLength = body.Length;
        await response.BodyWriter.WriteAsync(body, CancellationToken.None).ConfigureAwait(false);
    }
}
