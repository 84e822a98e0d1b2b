using Google.Protobuf;
using Rotel.Otlp;
using Rotel.Pipelines;
using WireFormat = Rotel.Otlp.Wire.WireFormat;

namespace Rotel.Processors.Typed;

/// <content>What the steps have left, written and checked, and the payload that is made of it.</content>
internal sealed partial class TypedRun
{
    private void Encode()
    {
        if (_itemsHere == 0 && _itemsReceived > 0)
        {
            Keep(0);
            _isChanged = true;
            return;
        }

        var start = _output.Length;
        var last = 0;
        var called = 0;
        var limit = long.MaxValue;
        for (var i = 0; i < _steps.Length; i++)
        {
            if (_steps[i].IsSkipped)
                continue;
            called++;
            last = i;
            limit = Math.Min(limit, MaxOutput(i));
        }

        Exception? exception = null;
        TypedFault fault;
        OtlpValidation validation = default;
        try
        {
            fault = TryEncode(limit, out validation);
        }
        catch (Exception caught)
        {
            (fault, exception) = (TypedFault.Unusable, caught);
        }

        if (fault == TypedFault.None)
        {
            Keep(validation.ItemCount);
            return;
        }

        _output.Length = start;
        if (called == 1 || _checksEachStep)
        {
            Fail(last, fault, exception);
            return;
        }

        // Which of them was it? Once more, with a full check after each.
        _checksEachStep = true;
        LetGo();
        Decode();
    }

    /// <summary>Writes the message behind the output and checks what was written, which is the caller's to take back.</summary>
    private TypedFault TryEncode(long limit, out OtlpValidation validation)
    {
        validation = default;
        var start = _output.Length;
        var size = _message!.CalculateSize();
        if (size < 0 || start + (long)OtlpEnvelope.FramedLength(size) > limit)
            return TypedFault.TooLarge;

        var frame = _output.Append(OtlpEnvelope.FramedLength(size));
        frame[0] = (byte)ResourceTag;
        var content = frame[(1 + WireFormat.WriteVarint(frame[1..], (uint)size))..];
        _message.WriteTo(content);
        if (frame.Length == Frame.Length && content.SequenceEqual(Content))
        {
            validation = new OtlpValidation { ItemCount = _itemsReceived };
            _isCanonical &= _payload.IsCanonical;
        }
        else
        {
            validation = OtlpValidator.Validate(_payload.Signal, frame, OtlpLimits.Untrusted);
            if (!validation.IsValid)
                return validation.Fault == OtlpFault.TooDeep ? TypedFault.TooDeep : TypedFault.Unusable;
            _isChanged = true;
            _isCanonical &= validation.IsCanonical;
            _isValidated &= validation.InvalidUtf8Count == 0;
        }

        return TypedFault.None;
    }

    /// <summary>This ResourceX is done, and so many items of it are in the output.</summary>
    private void Keep(int items)
    {
        _items += items;
        foreach (ref var step in _steps.AsSpan())
            step.Removed += step.IsSkipped ? 0 : step.RemovedHere;
        LetGo();
    }

    /// <summary>How long the output may become by a step.</summary>
    private long MaxOutput(int step) => Math.Max(_owner.Steps[step].Options.MaxResultBytes, 2L * _payload.Length);

    private void Finish()
    {
        if (!_isChanged)
        {
            End();
            _done.TrySetResult(_payload);
            return;
        }

        var losses = _payload.Losses;
        for (var i = 0; i < _steps.Length; i++)
        {
            var ledger = _owner.Steps[i].Ledger;
            if (_steps[i].Removed > 0)
                losses = new ProcessorLosses(ledger, ProcessorLossReason.Removed, _steps[i].Removed, losses);
            if (_steps[i].Dropped > 0)
                losses = new ProcessorLosses(ledger, ProcessorLossReason.ProcessorFault, _steps[i].Dropped, losses);
        }

        OtlpPayload? result = null;
        if (_items > 0)
        {
            var length = _output.Length;
            result = _payload.Replace(_output.DetachFitting(_payload.Metadata?.Charge ?? 0), length, _items, _isCanonical, losses, _isValidated);
        }
        else
        {
            losses?.Count();
            _payload.Dispose();
        }

        End();
        _done.TrySetResult(result);
    }
}
