using Microsoft.Extensions.Time.Testing;
using OpenTelemetry.Proto.Collector.Trace.V1;
using OpenTelemetry.Proto.Common.V1;
using OpenTelemetry.Proto.Resource.V1;
using OpenTelemetry.Proto.Trace.V1;
using Rotel.Memory;
using Rotel.Otlp;

namespace Rotel.Kafka.Records;

public sealed class ResourceTopicsTests
{
    private const string Own = "spans";
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Find_AfterManyNamesThatAreNoTopics_TakesFurtherOnesOnlyNowAndThen()
    {
        using var encoder = Encoder();
        Assert.Equal("good", TopicOf(encoder, "good"));
        Miss(encoder, ResourceTopics.MissesAtOnce);

        Assert.Equal(Own, TopicOf(encoder, "new"));
        Assert.Equal("good", TopicOf(encoder, "good"));

        _time.Advance(ResourceTopics.MissInterval);
        Assert.Equal("new", TopicOf(encoder, "new"));
        encoder.NoteMissing("new");
        Assert.Equal(Own, TopicOf(encoder, "newer"));

        _time.Advance(ResourceTopics.MissInterval * ResourceTopics.MissesAtOnce);
        Assert.Equal("newer", TopicOf(encoder, "newer"));
        Miss(encoder, ResourceTopics.MissesAtOnce - 1, from: 100);
        Assert.Equal("newest", TopicOf(encoder, "newest"));
    }

    [Fact]
    public void NoteMissing_TheSameNameAgain_CountsOnce()
    {
        using var encoder = Encoder();
        for (var i = 0; i < 2 * ResourceTopics.MissesAtOnce; i++)
        {
            Assert.Equal("gone", TopicOf(encoder, "gone"));
            encoder.NoteMissing("gone");
            encoder.NoteMissing("never named");
        }

        Assert.Equal("new", TopicOf(encoder, "new"));
    }

    private KafkaRecordEncoder Encoder() => new(
        RecordTrial.Encoding with { TopicFromAttribute = RecordTrial.TopicAttribute }, new BufferPool(new ByteBudget(1 << 20)), _time);

    private static void Miss(KafkaRecordEncoder encoder, int count, int from = 0)
    {
        for (var i = from; i < from + count; i++)
        {
            Assert.Equal($"bad-{i}", TopicOf(encoder, $"bad-{i}"));
            encoder.NoteMissing($"bad-{i}");
        }
    }

    private static string TopicOf(KafkaRecordEncoder encoder, string named)
    {
        var resource = new Resource
        {
            Attributes = { new KeyValue { Key = RecordTrial.TopicAttribute, Value = new AnyValue { StringValue = named } } },
        };
        var request = new ExportTraceServiceRequest
        {
            ResourceSpans = { new ResourceSpans { Resource = resource, ScopeSpans = { new ScopeSpans { Spans = { new Span() } } } } },
        };
        using var trial = new RecordTrial(RecordTrial.Encoding);
        using var batch = trial.Batch(OtlpSignal.Traces, [Google.Protobuf.MessageExtensions.ToByteArray(request)]);
        using var record = Assert.Single(encoder.Encode(batch, headerBytes: 0).Records);
        return record.Topic;
    }
}
