using Google.Protobuf;
using Rotel.Diagnostics;
using Rotel.Memory;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.TestKit;
using Rotel.TestKit.Telemetry;

namespace Rotel.Processors.Redaction;

/// <summary>A processor as a pipeline has it, for one signal.</summary>
internal sealed class RedactionBench
{
    private readonly OtlpSignal _signal;
    private readonly BufferPool _pool = new(new ByteBudget(256 * 1024 * 1024));
    private readonly IPayloadProcessor? _processor;

    public RedactionBench(OtlpSignal signal, RedactionOptions options, TimeProvider? time = null)
    {
        _signal = signal;
        var setup = new ProcessorSetup(
            "cards", _pool, time ?? TimeProvider.System, Log.CreateLogger("Rotel.Processors"), new ProcessorLedger("cards", signal));
        _processor = new RedactionProcessorType().Create(options, signal, setup);
    }

    public LogRecorder Log { get; } = new();

    public bool IsNeeded => _processor is not null;

    /// <summary>Bytes that are still charged; 0 once every payload was disposed.</summary>
    public long Reserved => _pool.Budget.Reserved;

    /// <summary>What becomes of a body.</summary>
    /// <param name="body">Valid.</param>
    /// <param name="isSame">Whether the payload went on as it came.</param>
    /// <returns>The body; empty when none is left, for there was no item in it.</returns>
    public byte[] Process(ReadOnlySpan<byte> body, out bool isSame)
    {
        var payload = Payload(body);
        var result = _processor!.Process(payload);
        isSame = ReferenceEquals(payload, result);
        Assert.Equal(payload.ItemCount, result?.ItemCount ?? 0);
        if (result is null)
            return [];
        var bytes = result.Body.ToArray();
        result.Dispose();
        return bytes;
    }

    public TRequest Process<TRequest>(TRequest request)
        where TRequest : IMessage => (TRequest)OtlpItems.Parse(_signal, Process(request.ToByteArray(), out _));

    private OtlpPayload Payload(ReadOnlySpan<byte> body)
    {
        var validation = OtlpValidator.Validate(_signal, body, OtlpLimits.Untrusted);
        Assert.True(validation.IsValid, validation.Describe());
        var buffer = _pool.RentOverdraft(body.Length);
        body.CopyTo(buffer.Span);
        return new OtlpPayload(_signal, buffer, body.Length, validation.ItemCount)
        {
            IsCanonical = validation.IsCanonical,
            IsValidated = true,
            TravelsAlone = validation.HasUnknownTopLevelField,
        };
    }
}
