using Rotel.Diagnostics;
using Rotel.Memory;
using Rotel.Otlp;

namespace Rotel.Pipelines;

/// <content>What happens to a body between its arrival and its admission, on one thread.</content>
internal sealed partial class Intake
{
    /// <summary>
    /// Validates and processes a body into a payload, or answers at once (null payload): a refusal, or success for a body without items.
    /// Takes ownership of the body, also when it throws. With a payload, the result says what was left out of it. Blocks where a processor
    /// waits.
    /// </summary>
    private IngestResult TryPrepare(
        OtlpSignal signal,
        PooledBuffer body,
        int length,
        RequestMetadata? metadata,
        DeliveryCompletion? completion,
        out OtlpPayload? payload)
    {
        var answered = TryValidate(signal, body, length, metadata, completion, out var validated);
        payload = validated is null ? null : _pipelines[(int)signal]!.Process(validated);
        return validated is not null && payload is null ? AcceptEmptied(signal, validated.ItemCount, answered) : answered;
    }

    /// <summary>As <see cref="TryPrepare"/>, for processors that may wait.</summary>
    private async ValueTask<(IngestResult Answered, OtlpPayload? Payload)> PrepareAsync(
        OtlpSignal signal,
        PooledBuffer body,
        int length,
        RequestMetadata? metadata,
        DeliveryCompletion? completion,
        CancellationToken cancellationToken)
    {
        var answered = TryValidate(signal, body, length, metadata, completion, out var validated);
        if (validated is null)
            return (answered, null);

        try
        {
            var payload = await _pipelines[(int)signal]!.ProcessAsync(validated, cancellationToken).ConfigureAwait(false);
            return (payload is null ? AcceptEmptied(signal, validated.ItemCount, answered) : answered, payload);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return (RefuseStopping(signal), null);
        }
    }

    /// <summary>Validates a body into a payload that processors have yet to see; otherwise as <see cref="TryPrepare"/>.</summary>
    private IngestResult TryValidate(
        OtlpSignal signal,
        PooledBuffer body,
        int length,
        RequestMetadata? metadata,
        DeliveryCompletion? completion,
        out OtlpPayload? payload)
    {
        try
        {
            return Validate(signal, body, length, metadata, completion, out payload);
        }
        catch
        {
            // Harmless where the body was given back or handed on before: a buffer goes back once.
            body.Dispose();
            throw;
        }
    }

    /// <summary>Success for a request of which processors left nothing; they have counted that.</summary>
    private IngestResult AcceptEmptied(OtlpSignal signal, int received, IngestResult leftOut)
    {
        Accept(signal, received);
        if (leftOut.RejectedItems == 0)
            return IngestResult.Accepted(received);
        _ledgers[(int)signal].CountOversized(leftOut.RejectedItems);
        return IngestResult.PartlyAccepted(received, leftOut.RejectedItems, leftOut.Message!);
    }

    private IngestResult Validate(
        OtlpSignal signal,
        PooledBuffer body,
        int length,
        RequestMetadata? metadata,
        DeliveryCompletion? completion,
        out OtlpPayload? payload)
    {
        payload = null;
        var validation = OtlpValidator.Validate(signal, body.Span[..length], _settings.Limits);
        if (!validation.IsValid)
        {
            body.Dispose();
            return Refuse(signal, RefusalReason.Malformed, validation.Describe());
        }

        var leftOut = default(IngestResult);
        if (validation.OversizedItemCount > 0)
        {
            var itemCount = validation.ItemCount;
            body = LeaveOutOversized(body, ref length);
            validation = OtlpValidator.Validate(signal, body.Span[..length], _settings.Limits);
            leftOut = DescribeLeftOut(signal, itemCount - validation.ItemCount);
        }

        if (validation.ItemCount == 0)
        {
            body.Dispose();
            _ledgers[(int)signal].CountOversized(leftOut.RejectedItems);
            return leftOut.RejectedItems > 0 ? leftOut : Accept(signal, 0);
        }

        if (validation.InvalidUtf8Count > 0)
        {
            _ledgers[(int)signal].CountRepaired(validation.InvalidUtf8Count);
            body = Repair(signal, body, ref length);
        }
        else if (length < body.Capacity / 2)
        {
            body = CopyOut(body, length);
        }

        if (metadata is not null && body.Capacity - length < metadata.Charge)
            body = CopyTo(Pool.RentOverdraft(length + metadata.Charge), body, length);

        payload = new OtlpPayload(signal, body, length, validation.ItemCount)
        {
            IsCanonical = validation.IsCanonical,
            IsValidated = _settings.Limits.ChecksContents,
            IsOwn = MarksOwn && OwnTelemetry.IsAll(signal, body.Span[..length]),
            TravelsAlone = validation.HasUnknownTopLevelField || !signal.IsMergeable(),
            Metadata = metadata,
            Completion = completion,
        };
        return leftOut;
    }

    /// <summary>A retained body in a buffer twice its size would waste the budget for as long as it waits.</summary>
    private PooledBuffer CopyOut(PooledBuffer body, int length)
    {
        if (BufferPool.CapacityFor(length) > body.Capacity / 2)
            return body;

        return CopyTo(Pool.RentOverdraft(length), body, length);
    }

    private static PooledBuffer CopyTo(PooledBuffer fitting, PooledBuffer body, int length)
    {
        body.Span[..length].CopyTo(fitting.Span);
        body.Dispose();
        return fitting;
    }

    private PooledBuffer Repair(OtlpSignal signal, PooledBuffer body, ref int length)
    {
        using var repaired = new PooledSegments(Pool);
        OtlpUtf8Repair.Repair(signal, body.Span[..length], repaired);
        return Replace(body, repaired, out length);
    }

    private PooledBuffer LeaveOutOversized(PooledBuffer body, ref int length)
    {
        using var rest = new PooledSegments(Pool);
        OtlpOversizedItems.LeaveOut(body.Span[..length], _settings.Limits.MaxItemBytes, rest);
        return Replace(body, rest, out length);
    }

    private PooledBuffer Replace(PooledBuffer body, PooledSegments rewritten, out int length)
    {
        body.Dispose();
        length = (int)rewritten.Length;
        var joined = Pool.RentOverdraft(length);
        rewritten.CopyTo(joined.Span);
        return joined;
    }

    private IngestResult DescribeLeftOut(OtlpSignal signal, int items) => IngestResult.PartlyAccepted(
        0,
        items,
        $"{items} {signal.ItemNoun()} were refused: {(signal == OtlpSignal.Metrics ? "their metric" : "each")} is larger than the "
            + $"{_settings.Limits.MaxItemBytes} bytes allowed here. Do not send them again.");
}
