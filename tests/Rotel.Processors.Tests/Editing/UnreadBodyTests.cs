using Microsoft.Extensions.Logging.Abstractions;
using Rotel.Diagnostics;
using Rotel.Memory;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.Processors.Attributes;
using Rotel.Processors.Filtering;
using Rotel.Processors.Redaction;

namespace Rotel.Processors.Editing;

/// <summary>Bodies as our own process hands them over, of which only the envelopes were looked at, and that are no protobuf inside.</summary>
public sealed class UnreadBodyTests
{
    // Two spans, the second an attribute that is longer than the span.
    private static readonly byte[] SpanThatEnds = [0x0A, 9, 0x12, 7, 0x12, 0, 0x12, 3, 0x4A, 0x70, 0x0A];

    // A resource with such an attribute, and a span.
    private static readonly byte[] ResourceThatEnds = [0x0A, 9, 0x0A, 3, 0x0A, 0x70, 0x0A, 0x12, 2, 0x12, 0];

    [Fact]
    public void Redaction_OfABodyThatCannotBeRead_LetsNothingOut() =>
        AssertDropped(new RedactionProcessorType(), new RedactionOptions { AllowAllKeys = true, BlockedValues = { "x" } }, SpanThatEnds, items: 2);

    [Fact]
    public void Deletion_InABodyThatCannotBeRead_LetsNothingOut()
    {
        var attributes = new AttributesOptions();
        attributes.Actions.Delete("secret");
        var resource = new ResourceOptions();
        resource.Actions.Hash("secret");

        AssertDropped(new AttributesProcessorType(), attributes, SpanThatEnds, items: 2);
        AssertDropped(new ResourceProcessorType(), resource, ResourceThatEnds, items: 1);
    }

    [Fact]
    public void Processors_ThatHideNothing_LetABodyThatCannotBeReadPass()
    {
        var attributes = new AttributesOptions();
        attributes.Actions.Insert("team", "a");

        Assert.Equal(SpanThatEnds, Process(new FilterProcessorType(), new FilterOptions { DropSpanNames = { "x" } }, SpanThatEnds, out _));
        Assert.Equal(SpanThatEnds, Process(new AttributesProcessorType(), attributes, SpanThatEnds, out _));
    }

    private static void AssertDropped(ProcessorType type, ProcessorOptions options, byte[] body, int items)
    {
        Assert.Null(Process(type, options, body, out var ledger));
        Assert.Equal((items, 1), (ledger.Dropped(ProcessorLossReason.ProcessorFault), ledger.Failures));
    }

    private static byte[]? Process(ProcessorType type, ProcessorOptions options, byte[] body, out ProcessorLedger ledger)
    {
        var pool = new BufferPool(new ByteBudget(16 * 1024 * 1024));
        ledger = new ProcessorLedger("tested", OtlpSignal.Traces);
        var processor = type.Create(options, OtlpSignal.Traces, new ProcessorSetup("tested", pool, TimeProvider.System, NullLogger.Instance, ledger))!;
        var validation = OtlpValidator.Validate(OtlpSignal.Traces, body, OtlpLimits.InProcess);
        Assert.True(validation.IsValid);
        var buffer = pool.RentOverdraft(body.Length);
        body.CopyTo(buffer.Span);

        var result = processor.Process(
            new OtlpPayload(OtlpSignal.Traces, buffer, body.Length, validation.ItemCount) { IsCanonical = validation.IsCanonical });

        var written = result?.Body.ToArray();
        result?.Dispose();
        Assert.Equal(0, pool.Budget.Reserved);
        return written;
    }
}
