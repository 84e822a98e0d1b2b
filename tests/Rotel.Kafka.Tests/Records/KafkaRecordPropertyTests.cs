using System.Text;
using Google.Protobuf;
using OpenTelemetry.Proto.Collector.Logs.V1;
using OpenTelemetry.Proto.Collector.Metrics.V1;
using OpenTelemetry.Proto.Collector.Trace.V1;
using OpenTelemetry.Proto.Common.V1;
using OpenTelemetry.Proto.Resource.V1;
using Rotel.Otlp;
using Rotel.TestKit;
using Rotel.TestKit.Telemetry;

namespace Rotel.Kafka.Records;

/// <summary>
/// Whatever is sent and however it is to be dealt out: every item is in exactly one record, unless no record can hold it, with everything
/// around it; topics and keys are as Google.Protobuf's reading of the item says; items of one topic and key keep their order; and no record
/// is over the limit.
/// </summary>
public sealed class KafkaRecordPropertyTests
{
    private const int SpareBytes = 36 + 61;

    private static readonly string?[] NamedTopics =
        [null, "alpha", "beta.2_x-Y", "", ".", "..", "no spaces", "größe", new string('a', 249), new string('a', 250)];

    [Theory]
    [InlineData(OtlpSignal.Traces)]
    [InlineData(OtlpSignal.Metrics)]
    [InlineData(OtlpSignal.Logs)]
    public void Records_OfAnyBatch_AreItsItemsUnderTheRightKeys(OtlpSignal signal) => AssertBatches(signal, batches: 200);

    [Theory]
    [InlineData(OtlpSignal.Traces)]
    [InlineData(OtlpSignal.Metrics)]
    [InlineData(OtlpSignal.Logs)]
    [Trait("Category", "Long")]
    public void Records_OfManyMoreBatches_AreTheirItemsUnderTheRightKeys(OtlpSignal signal) => AssertBatches(signal, batches: 1_000);

    private static void AssertBatches(OtlpSignal signal, int batches)
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"{FreshSeed.Variable}={FreshSeed.Value}");
        for (var seed = FreshSeed.Value; seed < FreshSeed.Value + batches; seed++)
        {
            try
            {
                AssertBatch(signal, new Random(seed));
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"{FreshSeed.Variable}={seed}: {exception.Message}", exception);
            }
        }
    }

    private static void AssertBatch(OtlpSignal signal, Random random)
    {
        var encoding = DrawEncoding(signal, random);
        var headerBytes = random.Next(3) * 40;
        using var trial = new RecordTrial(encoding);
        var isReshaped = random.Next(2) == 0;
        var bodies = DrawBodies(signal, random, isReshaped && encoding.Format == KafkaFormat.Protobuf);
        var sent = bodies.SelectMany(body => SentItem.Of(Read(trial, encoding, signal, body))).ToList();

        var encoded = trial.Encode(signal, bodies, headerBytes);

        var received = new Dictionary<(string Topic, string? Key), List<SentItem>>();
        foreach (var record in encoded.Records)
        {
            Assert.InRange(record.Value.Length + (record.Key?.Length ?? 0) + headerBytes + SpareBytes, 1, encoding.MaxMessageBytes);
            var value = encoding.Format == KafkaFormat.Json ? trial.FromJson(signal, record.Value) : record.Value;
            var items = SentItem.Of(OtlpItems.Parse(signal, value));
            Assert.Equal(record.ItemCount, items.Count);
            Assert.NotEmpty(items);
            var target = (record.Topic, record.Key is null ? null : Encoding.ASCII.GetString(record.Key));
            received.TryAdd(target, []);
            received[target].AddRange(items);
        }

        Assert.Equal(0, encoded.UnreadableItems);
        Assert.Equal(sent.Count, encoded.OversizedItems + received.Values.Sum(items => items.Count));
        AssertDealtOut(sent, received, encoding, signal);
        if (encoded.OversizedItems > 0 && encoding.Format == KafkaFormat.Protobuf && !isReshaped && signal != OtlpSignal.Metrics)
            AssertTooLarge(sent, received.Values, encoding, headerBytes);
    }

    /// <summary>Every record holds only what belongs under its topic and key, in order, and equal keys mean equal resources.</summary>
    private static void AssertDealtOut(
        List<SentItem> sent,
        Dictionary<(string Topic, string? Key), List<SentItem>> received,
        KafkaRecordEncoding encoding,
        OtlpSignal signal)
    {
        var keyOfAttributes = new Dictionary<string, string>();
        foreach (var ((topic, key), items) in received)
        {
            var group = GroupOf(items[0], encoding, signal);
            Assert.Equal(group.Topic, topic);
            if (signal == OtlpSignal.Traces && encoding.PartitionsTracesById)
                Assert.Equal(group.Key, key);
            else if (string.IsNullOrEmpty(group.Key))
                Assert.Null(key);
            else
                Assert.Matches("^[0-9a-f]{16}$", key);
            if (key is not null && !keyOfAttributes.TryAdd(group.Key!, key))
                Assert.Equal(keyOfAttributes[group.Key!], key);

            var rest = sent.Where(item => GroupOf(item, encoding, signal) == group).ToList().GetEnumerator();
            foreach (var item in items)
            {
                do
                    Assert.True(rest.MoveNext(), "An item is not where it was in what was sent.");
                while (rest.Current != item);
            }
        }

        Assert.Equal(keyOfAttributes.Count, keyOfAttributes.Values.Distinct().Count());
    }

    /// <summary>What is missing could not have been sent.</summary>
    private static void AssertTooLarge(
        List<SentItem> sent, IEnumerable<List<SentItem>> received, KafkaRecordEncoding encoding, int headerBytes)
    {
        var missing = sent.ToList();
        foreach (var item in received.SelectMany(items => items))
            Assert.True(missing.Remove(item));
        foreach (var item in missing)
            Assert.True(item.MinBytes() + headerBytes + SpareBytes + 32 > encoding.MaxMessageBytes, "An item would have found room.");
    }

    private static (string Topic, string? Key) GroupOf(SentItem item, KafkaRecordEncoding encoding, OtlpSignal signal)
    {
        var topic = encoding.TopicFromAttribute is null ? null : item.Topic;
        var key = signal == OtlpSignal.Traces && encoding.PartitionsTracesById ? item.Trace
            : encoding.PartitionedByResource.Contains(signal) ? item.Attributes
            : null;
        return (topic ?? encoding.Topics[(int)signal], key);
    }

    private static KafkaRecordEncoding DrawEncoding(OtlpSignal signal, Random random) => new()
    {
        Format = random.Next(3) == 0 ? KafkaFormat.Json : KafkaFormat.Protobuf,
        MaxMessageBytes = random.Next(4) == 0 ? 1_000_000 : random.Next(0, 128 << random.Next(10)),
        Topics = RecordTrial.Encoding.Topics,
        TopicFromAttribute = random.Next(2) == 0 ? RecordTrial.TopicAttribute : null,
        PartitionsTracesById = signal == OtlpSignal.Traces && random.Next(2) == 0,
        PartitionedByResource = signal != OtlpSignal.Traces && random.Next(2) == 0 ? new HashSet<OtlpSignal> { signal } : [],
    };

    /// <summary>Few resources and traces, so that they come again in other bodies.</summary>
    private static List<byte[]> DrawBodies(OtlpSignal signal, Random random, bool isReshaped)
    {
        var draw = new TelemetryGenerator(random.Next(), new TelemetrySize { Resources = 4, ValueDepth = 4 });
        var resources = Enumerable.Range(0, 4).Select(_ => DrawResource(draw, random)).ToList();
        var bodies = new List<byte[]>();
        for (var count = random.Next(1, 5); count > 0; count--)
        {
            var request = draw.Request(signal);
            Deal(request, resources, random);
            var body = request.ToByteArray();
            if (isReshaped)
                body = new WireReshaper(random.Next(), WireReshaping.Mergeable).Reshape(body, request.Descriptor).Bytes;
            bodies.Add(body);
        }

        return bodies;
    }

    private static Resource DrawResource(TelemetryGenerator draw, Random random)
    {
        var resource = (Resource)draw.Draw(Resource.Descriptor);
        if (NamedTopics[random.Next(NamedTopics.Length)] is { } topic)
            resource.Attributes.Insert(0, new KeyValue { Key = RecordTrial.TopicAttribute, Value = new AnyValue { StringValue = topic } });
        return resource;
    }

    private static void Deal(IMessage request, List<Resource> resources, Random random)
    {
        switch (request)
        {
            case ExportTraceServiceRequest traces:
                foreach (var envelope in traces.ResourceSpans)
                {
                    envelope.Resource = Pick(resources, random);
                    foreach (var span in envelope.ScopeSpans.SelectMany(scope => scope.Spans))
                        span.TraceId = ByteString.CopyFrom([.. Enumerable.Repeat((byte)random.Next(4), random.Next(6) == 0 ? 8 : 16)]);
                }

                break;

            case ExportMetricsServiceRequest metrics:
                foreach (var envelope in metrics.ResourceMetrics)
                    envelope.Resource = Pick(resources, random);
                break;

            default:
                foreach (var envelope in ((ExportLogsServiceRequest)request).ResourceLogs)
                    envelope.Resource = Pick(resources, random);
                break;
        }
    }

    /// <summary>One of the resources with its attributes in any order; sometimes none.</summary>
    private static Resource? Pick(List<Resource> resources, Random random)
    {
        if (random.Next(6) == 0)
            return null;
        var resource = resources[random.Next(resources.Count)].Clone();
        var attributes = resource.Attributes.ToArray();
        random.Shuffle(attributes);
        resource.Attributes.Clear();
        resource.Attributes.Add(attributes);
        return resource;
    }

    /// <summary>What was sent; where it goes through JSON, without what that makes the same: kinds of not a number.</summary>
    private static IMessage Read(RecordTrial trial, KafkaRecordEncoding encoding, OtlpSignal signal, byte[] body) => OtlpItems.Parse(
        signal, encoding.Format == KafkaFormat.Json ? trial.FromJson(signal, trial.ToJson(signal, body)) : body);
}
