using System.Collections.Concurrent;
using Rotel.Otlp;
using Rotel.Otlp.Wire;
using Rotel.Pipelines;

namespace Rotel.Processors.Editing;

/// <summary>
/// Lets an editor work on each payload that passes: the step of every wire-level processor. A payload that the editor does not change goes
/// on as it came, without a copy. Safe for concurrent use.
/// </summary>
internal sealed class EditingProcessor(BodyEditor editor, ProcessorSetup setup) : IPayloadProcessor
{
    /// <summary>Scratches that are kept: a burst of threads does not leave one for each of them, of up to 400 KiB.</summary>
    internal static readonly int MaxIdle = 2 * Environment.ProcessorCount;

    private readonly ConcurrentBag<EditScratch> _idle = [];
    private int _idleCount;

    public OtlpPayload? Process(OtlpPayload payload)
    {
        if (_idle.TryTake(out var scratch))
            Interlocked.Decrement(ref _idleCount);
        else
            scratch = new EditScratch(setup.Pool, setup.Time);
        try
        {
            return Edit(payload, scratch);
        }
        finally
        {
            scratch.Clear();
            if (Interlocked.Increment(ref _idleCount) <= MaxIdle)
                _idle.Add(scratch);
            else
                Interlocked.Decrement(ref _idleCount);
        }
    }

    private OtlpPayload? Edit(OtlpPayload payload, EditScratch scratch)
    {
        // A body of our own process is only looked at from outside at the door, which is enough for who edits nothing but resources. One
        // that cannot be read stays as it is, as without processors, unless something in it was to be hidden.
        var isChecked = payload.IsValidated;
        if (!isChecked && (editor.Levels != EditLevels.Resource || !payload.IsCanonical))
        {
            if (!IsReadable(payload))
                return Unread(payload);
            isChecked = true;
        }

        // Unknown fields of envelopes are kept, and keep the body from being canonical.
        var isCanonical = payload.IsCanonical;
        var body = isCanonical ? payload.Body.Span : Normalize(payload, scratch, out isCanonical);
        var walk = new BodyWalk(payload.Signal, body, editor, scratch);
        try
        {
            walk.Run();
        }
        catch (WireFormatException) when (!isChecked)
        {
            return Unread(payload);
        }

        if (walk.NeedsNormalForm)
        {
            if (!isChecked && !IsReadable(payload))
                return Unread(payload);
            scratch.Output.Clear();
            walk = new BodyWalk(payload.Signal, Normalize(payload, scratch, out isCanonical), editor, scratch);
            walk.Run();
            if (walk.NeedsNormalForm)
                throw new InvalidOperationException("An editor wants a body in normal form brought into normal form.");
        }

        return Finish(payload, ref walk, isCanonical, scratch);
    }

    private static bool IsReadable(OtlpPayload payload) =>
        OtlpValidator.Validate(payload.Signal, payload.Body.Span, OtlpLimits.Untrusted).IsValid;

    /// <summary>What becomes of a body that cannot be read.</summary>
    private OtlpPayload? Unread(OtlpPayload payload)
    {
        if (!editor.Hides)
            return payload;
        setup.Ledger.CountFailure();
        new ProcessorLosses(setup.Ledger, ProcessorLossReason.ProcessorFault, payload.ItemCount, payload.Losses).Count();
        payload.Dispose();
        return null;
    }

    private OtlpPayload? Finish(OtlpPayload payload, ref BodyWalk walk, bool isCanonical, EditScratch scratch)
    {
        if (!walk.Rewrite.IsChanged)
            return payload;

        var removed = walk.RemovedItems;
        var left = payload.ItemCount - removed;
        var losses = removed > 0 ? new ProcessorLosses(setup.Ledger, editor.LossReason, removed, payload.Losses) : payload.Losses;
        if (left <= 0)
        {
            losses?.Count();
            payload.Dispose();
            return null;
        }

        // Edits of resources touch the beginning only: the spans behind it, which are most of the body, then stay in the buffer they are
        // in.
        var (head, rest) = (scratch.Output, walk.Rewrite.RestStart);
        if (scratch.NormalForm.IsEmpty
            && head.Length <= payload.Length - rest
            && payload.TryReplaceHead(head.Span, rest, left, isCanonical, losses, out var replacement))
        {
            return replacement;
        }

        walk.Rewrite.Finish();
        var length = scratch.Output.Length;
        return payload.Replace(scratch.Output.DetachFitting(payload.Metadata?.Charge ?? 0), length, left, isCanonical, losses);
    }

    private static ReadOnlySpan<byte> Normalize(OtlpPayload payload, EditScratch scratch, out bool isCanonical)
    {
        // The second time when an editor asks for what its body already was.
        scratch.NormalForm.Clear();
        isCanonical = OtlpNormalForm.Write(payload.Signal, payload.Body.Span, scratch.NormalForm, scratch.Text);
        return scratch.NormalForm.Span;
    }
}
