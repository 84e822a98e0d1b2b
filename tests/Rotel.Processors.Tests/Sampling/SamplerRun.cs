using Google.Protobuf;
using Microsoft.Extensions.Logging.Abstractions;
using Rotel.Diagnostics;
using Rotel.Memory;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.TestKit.Telemetry;

namespace Rotel.Processors.Sampling;

/// <summary>A sampler as its type makes it, for one signal, and what it leaves of bodies.</summary>
internal sealed class SamplerRun
{
    private readonly BufferPool _pool = new(new ByteBudget(256 * 1024 * 1024));
    private readonly OtlpSignal _signal;
    private readonly IPayloadProcessor? _processor;

    public SamplerRun(OtlpSignal signal, ProbabilisticSamplerOptions options)
    {
        _signal = signal;
        Ledger = new ProcessorLedger("sampler", signal);
        var setup = new ProcessorSetup("sampler", _pool, TimeProvider.System, NullLogger.Instance, Ledger);
        _processor = new ProbabilisticSamplerType().Create(options, signal, setup);
    }

    public ProcessorLedger Ledger { get; }

    public bool HasNothingToDo => _processor is null;

    /// <summary>Items that the sampler counted as left out of the last body.</summary>
    public int Dropped { get; private set; }

    /// <summary>The body that is left; null when none is, and the same array when it is unchanged.</summary>
    public byte[]? Process(byte[] body)
    {
        Dropped = 0;
        if (_processor is null)
            return body;
        var buffer = _pool.RentOverdraft(body.Length);
        body.CopyTo(buffer.Span);
        var validation = OtlpValidator.Validate(_signal, body, OtlpLimits.Untrusted);
        Assert.True(validation.IsValid);
        var payload = new OtlpPayload(_signal, buffer, body.Length, validation.ItemCount)
        {
            IsValidated = true,
            IsCanonical = validation.IsCanonical,
        };
        var counted = Ledger.Dropped(ProcessorLossReason.SampledOut);
        var left = _processor.Process(payload);
        if (left is null)
        {
            // Nobody is left to accept the rest, so the losses are counted at once.
            Dropped = (int)(Ledger.Dropped(ProcessorLossReason.SampledOut) - counted);
            Assert.Equal(validation.ItemCount, Dropped);
            return null;
        }

        using (left)
        {
            if (left == payload)
                return body;
            var after = OtlpValidator.Validate(_signal, left.Body.Span, OtlpLimits.Untrusted);
            Assert.True(after.IsValid);
            Assert.True(after.IsCanonical || !left.IsCanonical);
            Assert.Equal(after.ItemCount, left.ItemCount);
            Assert.Equal(validation.ItemCount, left.ReceivedItems);
            Assert.True(left.Losses is null or { Reason: ProcessorLossReason.SampledOut });
            Dropped = left.ReceivedItems - left.ItemCount;
            return left.Body.ToArray();
        }
    }

    /// <summary>The request that is left; an empty one when nothing is.</summary>
    public T Process<T>(T request)
        where T : IMessage<T> => (T)OtlpItems.Parse(_signal, Process(request.ToByteArray()) ?? []);
}
