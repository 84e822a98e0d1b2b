using Google.Protobuf;
using Rotel.Memory;
using Rotel.Otlp;
using Rotel.Otlp.Wire;

namespace Rotel.Processors.Typed;

/// <summary>
/// One payload on its way through the steps: a cursor over its ResourceX and, for the one that is decoded, over the steps. It moves on one
/// thread at a time; during a call it can be taken over (see the other part).
/// </summary>
internal sealed partial class TypedRun
{
    private const uint ResourceTag = (1 << 3) | (uint)WireType.LengthDelimited;

    /// <summary>Bytes of objects per byte of wire form, on 64 bits, as measured with the standard load.</summary>
    internal const int DecodedBytesPerByte = 6;

    private readonly TypedProcessor _owner;
    private readonly OtlpPayload _payload;
    private readonly TypedStepProgress[] _steps;
    private readonly PooledBytes _output;

    // The body with its texts repaired; null where it is worked on as it came.
    private PooledBuffer? _repaired;
    private int _repairedLength;

    // Where in the body the next field begins, and what became of those before.
    private int _position;
    private int _items;
    private bool _isChanged;
    private bool _isCanonical = true;
    private bool _isValidated = true;

    // The ResourceX that is worked on: its field in the body is from the frame's start to the position.
    private int _frameStart;
    private int _contentLength;
    private int _itemsReceived;
    private IMessage? _message;
    private int _itemsHere;
    private int _step;
    private bool _checksEachStep;
    private long _charge;

    private ReadOnlySpan<byte> Body => _repaired is null ? _payload.Body.Span : _repaired.Span[.._repairedLength];

    private ReadOnlySpan<byte> Frame => Body[_frameStart.._position];

    private ReadOnlySpan<byte> Content => Body[(_position - _contentLength).._position];

    /// <summary>Whether nobody waits for the run any more.</summary>
    private bool IsCancelled => _cancellationToken.IsCancellationRequested || _owner.Stopping.IsCancellationRequested;

    private void Advance()
    {
        while (true)
        {
            if (IsCancelled)
            {
                Cancel();
                return;
            }

            if (_message is null)
            {
                if (!TryNextResource())
                {
                    Finish();
                    return;
                }
            }
            else if (_step == _steps.Length)
            {
                Encode();
            }
            else if (_steps[_step].IsSkipped)
            {
                _step++;
            }
            else if (!_owner.Health[_step].MayCall)
            {
                Fail(_step, TypedFault.Hangs, null);
            }
            else if (!TryCall(out var thrown))
            {
                return;
            }
            else
            {
                AfterCall(thrown);
            }
        }
    }

    /// <summary>Goes on to the next field; false at the end of the body. What is no ResourceX is kept as it came.</summary>
    private bool TryNextResource()
    {
        if (_position == 0)
        {
            if (!IsReadable())
            {
                PassUnreadable();
                return false;
            }

            _output.Reserve(Body.Length);
        }

        var reader = new WireReader(Body) { Position = _position };
        if (!reader.TryReadTag(out var tag))
            return false;

        _frameStart = _position;
        if (tag != ResourceTag)
        {
            reader.Skip(tag);
            _position = reader.Position;
            _output.Write(Frame);
            _isCanonical = false;
            return true;
        }

        _contentLength = reader.ReadBytes().Length;
        _position = reader.Position;
        _itemsReceived = -1;
        _checksEachStep = false;
        foreach (ref var step in _steps.AsSpan())
            step.IsOutHere = false;
        Decode();
        return true;
    }

    /// <summary>Bodies of our own process are only looked at from outside at the door.</summary>
    private bool IsReadable()
    {
        if (_payload.IsValidated)
            return true;
        var validation = OtlpValidator.Validate(_payload.Signal, Body, OtlpLimits.Untrusted);
        if (!validation.IsValid)
            return false;
        if (validation.InvalidUtf8Count > 0)
            Repair();
        return true;
    }

    /// <summary>Google.Protobuf refuses a message for one text that is no UTF-8, and a mask would then be left out.</summary>
    private void Repair()
    {
        using var repaired = new PooledSegments(_owner.Pool);
        OtlpUtf8Repair.Repair(_payload.Signal, Body, repaired);
        var length = checked((int)repaired.Length);
        var buffer = _owner.Pool.RentOverdraft(length);
        repaired.CopyTo(buffer.Span);
        (_repaired, _repairedLength) = (buffer, length);
        _isChanged = true;
    }

    /// <summary>No step can work on it: as without them, unless one must not be left out.</summary>
    private void PassUnreadable()
    {
        _frameStart = 0;
        _isValidated = false;
        _position = _payload.Length;
        _itemsReceived = _payload.ItemCount;
        FailAll(TypedFault.Unusable, null);
    }

    /// <summary>Makes the message anew from the wire for all steps that are not out; where there are none, what came goes on.</summary>
    private void Decode()
    {
        var anyCalled = false;
        for (var i = 0; i < _steps.Length; i++)
        {
            if (!_steps[i].IsSkipped)
            {
                anyCalled = true;
            }
            else if (_owner.Steps[i].Options.OnFailure == ProcessorFailureMode.Drop)
            {
                Drop(i);
                return;
            }
        }

        if (!anyCalled)
        {
            PassAsItCame();
            return;
        }

        try
        {
            _charge = (long)DecodedBytesPerByte * _contentLength;
            _owner.Pool.Budget.ReserveOverdraft(_charge);
            _message = _owner.Messages.Decode(Content);
        }
        catch (Exception exception)
        {
            // Memory is short: with validated wire there is nothing else that can be wrong.
            FailAll(TypedFault.Unusable, exception);
            return;
        }

        _itemsHere = _owner.Messages.CountItems(_message);
        _itemsReceived = _itemsHere;
        _step = 0;
        foreach (ref var step in _steps.AsSpan())
            step.RemovedHere = 0;
    }

    private void AfterCall(Exception? thrown)
    {
        // That the sender leaves, or Rotel stops, is not the step's fault; the next turn sees it.
        if (IsCancelled)
            return;
        if (thrown is not null)
        {
            Fail(_step, TypedFault.Threw, thrown);
            return;
        }

        Exception? exception = null;
        TypedFault fault;
        var items = 0;
        var start = _output.Length;
        try
        {
            fault = _owner.Messages.Check(_message!, MaxOutput(_step) - start);
            if (fault == TypedFault.None)
                items = _owner.Messages.CountItems(_message!);
            if (fault == TypedFault.None && _checksEachStep)
                fault = TryEncode(MaxOutput(_step), out _);
        }
        catch (Exception caught)
        {
            (fault, exception) = (TypedFault.Unusable, caught);
        }

        _output.Length = start;
        if (fault != TypedFault.None)
        {
            Fail(_step, fault, exception);
            return;
        }

        _steps[_step].RemovedHere = Math.Max(0, _itemsHere - items);
        _itemsHere = items;
        _step++;
    }

    private void PassAsItCame()
    {
        _output.Write(Frame);
        _isCanonical &= _payload.IsCanonical;
        _items += CountReceived();
    }

    private void Drop(int step)
    {
        _steps[step].Dropped += CountReceived();
        _isChanged = true;
    }

    /// <summary>The step is left out for this ResourceX, which begins again.</summary>
    private void Fail(int step, TypedFault fault, Exception? exception)
    {
        ref var progress = ref _steps[step];
        progress.IsOutHere = true;
        progress.IsOut |= fault is TypedFault.TimeLimit or TypedFault.Hangs;
        Count(step, fault, exception);
        LetGo();
        Decode();
    }

    /// <summary>No step can do anything with this ResourceX.</summary>
    private void FailAll(TypedFault fault, Exception? exception)
    {
        for (var i = 0; i < _steps.Length; i++)
        {
            if (_steps[i].IsSkipped)
                continue;
            _steps[i].IsOutHere = true;
            Count(i, fault, exception);
        }

        LetGo();
        Decode();
    }

    private void Count(int step, TypedFault fault, Exception? exception)
    {
        if (!_steps[step].HasFailed)
            _owner.Steps[step].Ledger.CountFailure();
        _steps[step].HasFailed = true;
        _owner.Health[step].Report(fault, exception);
    }

    private int CountReceived()
    {
        if (_itemsReceived < 0)
            _itemsReceived = OtlpValidator.Validate(_payload.Signal, Frame, OtlpLimits.InProcess).ItemCount;
        return _itemsReceived;
    }

    private void LetGo()
    {
        _message = null;
        if (_charge > 0)
            _owner.Pool.Budget.Release(_charge);
        _charge = 0;
    }
}
