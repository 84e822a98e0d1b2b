using Google.Protobuf;
using Microsoft.Extensions.Logging.Abstractions;
using Rotel.Diagnostics;
using Rotel.Memory;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.TestKit.Telemetry;

namespace Rotel.Processors.Editing;

/// <summary>Sends bodies through an <see cref="EditingProcessor"/> as the pipeline does, and sees that every buffer comes back.</summary>
internal sealed class EditingBench
{
    private readonly IPayloadProcessor _processor;

    public EditingBench(OtlpSignal signal, BodyEditor editor)
        : this(signal, setup => new EditingProcessor(editor, setup))
    {
    }

    public EditingBench(OtlpSignal signal, Func<ProcessorSetup, IPayloadProcessor?> create)
    {
        Signal = signal;
        Ledger = new ProcessorLedger("tested", signal);
        _processor = create(new ProcessorSetup("tested", Pool, TimeProvider.System, NullLogger.Instance, Ledger))
            ?? throw new ArgumentException("The options leave nothing to do.", nameof(create));
    }

    public OtlpSignal Signal { get; }

    public ProcessorLedger Ledger { get; }

    public BufferPool Pool { get; } = new(new ByteBudget(256 * 1024 * 1024));

    /// <summary>A request of the signal in a legal encoding, drawn at random; one in three as Google.Protobuf writes it.</summary>
    public static byte[] Draw(OtlpSignal signal, int seed)
    {
        var original = new TelemetryGenerator(seed).Request(signal).ToByteArray();
        return seed % 3 == 0 ? original : new WireReshaper(seed).Reshape(original, OtlpItems.Descriptor(signal)).Bytes;
    }

    /// <summary>
    /// The body that is left, or null for none. What the payload says of itself is checked against the validator.
    /// </summary>
    public byte[]? Process(byte[] body) => Process(body, out _);

    /// <inheritdoc cref="Process(byte[])"/>
    public byte[]? Process(byte[] body, out bool isSame)
    {
        var before = OtlpValidator.Validate(Signal, body, OtlpLimits.Untrusted);
        var buffer = Pool.RentOverdraft(body.Length);
        body.CopyTo(buffer.Span);
        var payload = new OtlpPayload(Signal, buffer, body.Length, before.ItemCount)
        {
            IsCanonical = before.IsCanonical,
            IsValidated = true,
            TravelsAlone = before.HasUnknownTopLevelField,
        };

        var result = _processor.Process(payload);
        isSame = ReferenceEquals(payload, result);
        byte[]? written = null;
        if (result is not null)
        {
            written = result.Body.ToArray();
            var after = OtlpValidator.Validate(Signal, written, OtlpLimits.Untrusted);
            Assert.True(after.IsValid, after.Fault.ToString());
            Assert.Equal(after.ItemCount, result.ItemCount);
            Assert.True(after.IsCanonical || !result.IsCanonical, "says it is canonical and is not");
            Assert.Equal(before.ItemCount, result.ReceivedItems);
            Assert.True(result.Charge < 2 * Math.Max(written.Length, 1024), "charged more than twice its length");
            result.Losses?.Count();
            result.Dispose();
        }

        Assert.Equal(0, Pool.Budget.Reserved);
        return written;
    }
}
