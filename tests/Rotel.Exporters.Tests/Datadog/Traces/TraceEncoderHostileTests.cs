using Google.Protobuf;
using OpenTelemetry.Proto.Common.V1;
using OpenTelemetry.Proto.Resource.V1;
using Kind = OpenTelemetry.Proto.Trace.V1.Span.Types.SpanKind;
using OtlpSpan = OpenTelemetry.Proto.Trace.V1.Span;

namespace Rotel.Exporters.Tests.Datadog.Traces;

/// <summary>One sender must harm nobody else's spans in the same batch.</summary>
public sealed class TraceEncoderHostileTests
{
    [Fact]
    public void Resource_WithATagLargerThanAPayload_LeavesOthersAlone()
    {
        var large = new Resource { Attributes = { TraceTrial.Attribute("k8s.pod.name", new string('x', 30_000)) } };
        using var trial = new TraceTrial(maxPayloadBytes: 20_000);

        var payloads = trial.Send(
            TraceTrial.Request(large, null, Span(1), Span(2)),
            TraceTrial.Request(new Resource(), null, Span(3), Span(4)));

        Assert.Equal(2, trial.Sink.OversizedItems);
        Assert.Equal([3, 4], Assert.Single(Assert.Single(payloads).TracerPayloads).Chunks.SelectMany(chunk => chunk.Spans).Select(span => span.SpanId));
    }

    /// <summary>Text that is none in one span would have the whole payload refused.</summary>
    [Fact]
    public void Exception_WhoseTextsAreBytes_LeavesThePayloadReadable()
    {
        var span = TraceTrial.Span();
        span.Status = new OpenTelemetry.Proto.Trace.V1.Status { Code = OpenTelemetry.Proto.Trace.V1.Status.Types.StatusCode.Error, Message = "failed" };
        var bytes = new AnyValue { BytesValue = ByteString.CopyFrom(0xFF, 0xFE) };
        span.Events.Add(new OtlpSpan.Types.Event
        {
            Name = "exception",
            Attributes =
            {
                TraceTrial.Attribute("exception.message", bytes), TraceTrial.Attribute("exception.type", bytes),
                TraceTrial.Attribute("exception.stacktrace", bytes),
            },
        });

        var sent = TraceTrial.Send(span);

        AssertReadable(sent.Meta.Values);
        Assert.Equal("failed", sent.Meta["error.msg"]);
        Assert.False(sent.Meta.ContainsKey("error.type"));
    }

    [Fact]
    public void DecisionMaker_ThatIsLong_IsCutBetweenCharacters()
    {
        var span = TraceTrial.Span();
        span.TraceState = "dd=s:2;t.dm:-" + new string('é', 20);
        using var trial = new TraceTrial();

        var chunk = Assert.Single(Assert.Single(Assert.Single(trial.Send(TraceTrial.Request(null, null, span))).TracerPayloads).Chunks);

        AssertReadable(chunk.Tags.Values);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    public void Resource_OfLongTexts_IsCutBetweenCharacters(int padding)
    {
        // The literal goes, so that what the text ended with would be within what is sent.
        var destination = new string('x', padding) + " '" + new string('a', 9_900) + "' " + new string('é', 100);
        var sent = TraceTrial.Send(TraceTrial.Span(
            Kind.Client,
            TraceTrial.Attribute("db.system", "mysql"),
            TraceTrial.Attribute("messaging.operation", "send"),
            TraceTrial.Attribute("messaging.destination", destination)));

        Assert.EndsWith("éé", sent.Resource, StringComparison.Ordinal);
        AssertReadable([sent.Resource]);
    }

    private static OtlpSpan Span(ulong id)
    {
        var span = TraceTrial.Span();
        span.SpanId = TraceTrial.Id(8, id);
        return span;
    }

    /// <summary>What was no UTF-8 is read as U+FFFD.</summary>
    private static void AssertReadable(IEnumerable<string> texts) =>
        Assert.All(texts, text => Assert.DoesNotContain("\uFFFD", text, StringComparison.Ordinal));
}
