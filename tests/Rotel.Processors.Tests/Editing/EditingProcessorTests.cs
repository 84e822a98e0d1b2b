using Google.Protobuf;
using OpenTelemetry.Proto.Collector.Trace.V1;
using OpenTelemetry.Proto.Trace.V1;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.TestKit;
using Rotel.TestKit.Telemetry;

namespace Rotel.Processors.Editing;

public sealed class EditingProcessorTests
{
    public static TheoryData<OtlpSignal> Signals => [OtlpSignal.Traces, OtlpSignal.Metrics, OtlpSignal.Logs];

    [Theory]
    [MemberData(nameof(Signals))]
    public void Edits_OfAnyLegalBody_AreThoseOfTheReference(OtlpSignal signal)
    {
        var removed = 0;
        for (var i = 0; i < 400; i++)
        {
            var seed = FreshSeed.Value + i;
            var body = EditingBench.Draw(signal, seed);
            var bench = new EditingBench(signal, new RandomEditor(seed));
            var expected = OtlpItems.Parse(signal, body);
            var before = OtlpItems.Count(expected);
            ReferenceEdit.Apply(new RandomEdits(seed), expected);
            var left = OtlpItems.Count(expected);
            if (before == 0)
                continue;

            var written = bench.Process(body);

            Assert.Equal(left == 0, written is null);
            Assert.Equal(before - left, bench.Ledger.Dropped(ProcessorLossReason.Filtered));
            if (written is not null)
                Assert.True(expected.Equals(OtlpItems.Parse(signal, written)), $"seed {seed}");
            removed += before - left;
        }

        Assert.NotEqual(0, removed);
    }

    [Theory]
    [MemberData(nameof(Signals))]
    public void Edits_ThatWriteWhatWasThere_ChangeNothing(OtlpSignal signal)
    {
        for (var i = 0; i < 200; i++)
        {
            var seed = FreshSeed.Value + i;
            var body = EditingBench.Draw(signal, seed);
            if (OtlpItems.Count(OtlpItems.Parse(signal, body)) == 0)
                continue;

            var written = new EditingBench(signal, new SameValuesEditor()).Process(body);

            Assert.True(OtlpItems.Parse(signal, body).Equals(OtlpItems.Parse(signal, written!)), $"seed {seed}");
            if (seed % 3 == 0)
                Assert.Equal(body, written);
        }
    }

    [Theory]
    [MemberData(nameof(Signals))]
    public void Body_WithoutAChange_GoesOnAsItCame(OtlpSignal signal)
    {
        var body = EditingBench.Draw(signal, seed: 4);

        var written = new EditingBench(signal, new IdleEditor()).Process(body, out var isSame);

        Assert.True(isSame);
        Assert.Equal(body, written);
    }

    [Fact]
    public void Lengths_ThatGrowAndShrinkAByte_AreWrittenAnew()
    {
        // From 120 to 140 bytes and back, every length around the span crosses 128.
        for (var length = 0; length < 140; length++)
        {
            var request = Request(new Span { Name = new string('n', length), Attributes = { } });
            var bench = new EditingBench(OtlpSignal.Traces, new RandomEditor(seed: 1, adds: true));

            var written = bench.Process(request.ToByteArray());

            var expected = request.Clone();
            ReferenceEdit.Apply(new RandomEdits(1, adds: true), expected);
            Assert.Equal(expected.ToByteArray(), written);
        }
    }

    [Fact]
    public void StandardBody_EditedOverAndOver_AllocatesNothingPerItem()
    {
        var bench = new AllocationBench(new SameValuesEditor());
        var few = bench.Allocated(new StandardLoad().Encode(OtlpSignal.Traces, 10));

        var many = bench.Allocated(new StandardLoad().Encode(OtlpSignal.Traces, 500));

        Assert.Equal(few, many);
    }

    private static ExportTraceServiceRequest Request(Span span) =>
        new() { ResourceSpans = { new ResourceSpans { ScopeSpans = { new ScopeSpans { Spans = { span } } } } } };
}
