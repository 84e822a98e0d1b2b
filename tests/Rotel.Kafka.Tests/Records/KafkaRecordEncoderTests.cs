using System.Text;
using Google.Protobuf;
using OpenTelemetry.Proto.Collector.Trace.V1;
using OpenTelemetry.Proto.Common.V1;
using OpenTelemetry.Proto.Resource.V1;
using OpenTelemetry.Proto.Trace.V1;
using Rotel.Otlp;
using Rotel.TestKit;
using Rotel.TestKit.Telemetry;

namespace Rotel.Kafka.Records;

public sealed class KafkaRecordEncoderTests
{
    [Fact]
    public void Payloads_AreJoinedInOrderUpToTheLimit()
    {
        var bodies = Bodies(5, items: 40);
        using var trial = new RecordTrial(RecordTrial.Encoding with { MaxMessageBytes = bodies[0].Length + bodies[1].Length + 2_000 });

        var records = trial.Encode(OtlpSignal.Traces, bodies).Records;

        Assert.Equal([80, 80, 40], records.Select(record => record.ItemCount));
        Assert.Equal([.. bodies[0], .. bodies[1]], records[0].Value);
        Assert.Equal(bodies[4], records[2].Value);
        Assert.All(records, record => Assert.Equal(("spans", null), (record.Topic, record.Key)));
    }

    [Theory]
    [InlineData(KafkaFormat.Protobuf)]
    [InlineData(KafkaFormat.Json)]
    public void Payloads_AreNotJoinedIntoLargeObjects(KafkaFormat format)
    {
        var bodies = Bodies(40, items: 20);
        var large = Bodies(1, items: 400);
        using var trial = new RecordTrial(RecordTrial.Encoding with { Format = format });
        trial.Encode(OtlpSignal.Traces, bodies);

        var records = trial.Encode(OtlpSignal.Traces, [.. bodies, .. large, .. bodies]).Records;

        var whole = Assert.Single(records, record => record.ItemCount >= 400);
        Assert.Equal(400, whole.ItemCount);
        Assert.All(records.Where(record => record != whole), record => Assert.InRange(record.Value.Length, 1, 84_900));
        Assert.InRange(records.Count, 10, format == KafkaFormat.Protobuf ? 15 : 30);
    }

    [Fact]
    public void Value_MayTakeAllThatHeadersAndOverheadLeave()
    {
        var body = Bodies(1)[0];
        const int headerBytes = 123;
        var max = body.Length + headerBytes + 36 + 61;
        using var fitting = new RecordTrial(RecordTrial.Encoding with { MaxMessageBytes = max });
        using var tight = new RecordTrial(RecordTrial.Encoding with { MaxMessageBytes = max - 1 });

        Assert.Single(fitting.Encode(OtlpSignal.Traces, [body], headerBytes).Records);
        Assert.Equal(2, tight.Encode(OtlpSignal.Traces, [body], headerBytes).Records.Count);
    }

    [Theory]
    [InlineData(KafkaFormat.Protobuf)]
    [InlineData(KafkaFormat.Json)]
    public void Body_ThatTravelsAlone_IsOneRecordOrNone(KafkaFormat format)
    {
        // An unknown field of the request.
        byte[] body = [.. Bodies(1)[0], 0x7A, 0x01, 0x00];
        var encoding = RecordTrial.Encoding with { Format = format, PartitionsTracesById = true, TopicFromAttribute = "service.name" };
        using var fitting = new RecordTrial(encoding);
        using var tight = new RecordTrial(encoding with { MaxMessageBytes = 20_000 });

        var record = Assert.Single(fitting.Encode(OtlpSignal.Traces, [body]).Records);
        var left = tight.Encode(OtlpSignal.Traces, [body]);

        Assert.Equal(("spans", null, 100), (record.Topic, record.Key, record.ItemCount));
        Assert.Equal((0, 100), (left.Records.Count, left.OversizedItems));
        if (format == KafkaFormat.Protobuf)
        {
            Assert.Equal(body, record.Value);
            Assert.Empty(fitting.Halve(OtlpSignal.Traces, record));
        }
    }

    [Fact]
    public void Profile_IsOneRecord()
    {
        byte[] body = new TelemetryGenerator(3, new TelemetrySize { Exact = true }).Request(OtlpSignal.Profiles).ToByteArray();
        using var trial = new RecordTrial(RecordTrial.Encoding);

        var record = Assert.Single(trial.Encode(OtlpSignal.Profiles, [body]).Records);

        Assert.Equal(("profiles", null), (record.Topic, record.Key));
        Assert.Equal(body, record.Value);
        Assert.Empty(trial.Halve(OtlpSignal.Profiles, record));
    }

    [Theory]
    [InlineData(KafkaFormat.Protobuf)]
    [InlineData(KafkaFormat.Json)]
    public void Batch_WithoutItems_HasNoRecords(KafkaFormat format)
    {
        using var trial = new RecordTrial(RecordTrial.Encoding with { Format = format });

        var encoded = trial.Encode(OtlpSignal.Logs, [[], [0x0A, 0x02, 0x12, 0x00]]);

        Assert.Equal((0, 0, 0), (encoded.Records.Count, encoded.OversizedItems, encoded.UnreadableItems));
    }

    [Fact]
    public void TraceIds_AreKeysInHexadecimal()
    {
        byte[] id = [.. Enumerable.Range(1, 16).Select(i => (byte)(i * 15))];
        using var trial = new RecordTrial(RecordTrial.Encoding with { PartitionsTracesById = true });

        var records = trial.Encode(OtlpSignal.Traces, Request(id), Request([]), Request(id)).Records;

        Assert.Equal(["0f1e2d3c4b5a69788796a5b4c3d2e1f0", null], records.Select(KeyOf));
        Assert.Equal([2, 1], records.Select(record => record.ItemCount));
    }

    [Theory]
    [InlineData(KafkaFormat.Protobuf, false, 0)]
    [InlineData(KafkaFormat.Protobuf, true, 2)]
    [InlineData(KafkaFormat.Json, false, 1)]
    [InlineData(KafkaFormat.Json, true, 2)]
    public void SpansOfOurOwnProcess_ThatAreNotProtobuf_HarmNoOthers(KafkaFormat format, bool byTrace, int unreadable)
    {
        // A resource with a scope with an empty span, and one that claims more than it holds.
        byte[] broken = [0x0A, 0x08, 0x12, 0x06, 0x12, 0x00, 0x12, 0x02, 0x0A, 0x10];
        var bodies = Bodies(2);
        using var trial = new RecordTrial(RecordTrial.Encoding with { Format = format, PartitionsTracesById = byTrace });

        var encoded = trial.Encode(OtlpSignal.Traces, [bodies[0], broken, bodies[1]], limits: OtlpLimits.InProcess);

        Assert.Equal(unreadable, encoded.UnreadableItems);
        Assert.Equal(202 - unreadable, encoded.Records.Sum(record => record.ItemCount));
    }

    [Fact]
    public void ResourceOfOurOwnProcess_ThatIsNotProtobuf_HarmsNoOthers()
    {
        byte[] broken = [0x0A, 0x0A, 0x0A, 0x02, 0x0A, 0x10, 0x12, 0x04, 0x12, 0x00, 0x12, 0x00];
        var bodies = Bodies(2);
        using var trial = new RecordTrial(RecordTrial.Encoding with { TopicFromAttribute = "service.name" });

        var encoded = trial.Encode(OtlpSignal.Traces, [bodies[0], broken, bodies[1]], limits: OtlpLimits.InProcess);

        Assert.Equal(2, encoded.UnreadableItems);
        Assert.Equal(200, encoded.Records.Sum(record => record.ItemCount));
    }

    [Fact]
    public void Values_InValuesWithoutEnd_AreUnreadable()
    {
        // An attribute of a list in a list in a list.
        byte[] value = [];
        for (var depth = 0; depth < 20_000; depth++)
            value = Field(5, Field(1, value));
        var body = Field(1, [.. Field(1, Field(1, Field(2, value))), .. Field(2, Field(2, []))]);
        using var trial = new RecordTrial(
            RecordTrial.Encoding with { PartitionedByResource = new HashSet<OtlpSignal> { OtlpSignal.Logs } });

        var encoded = trial.Encode(OtlpSignal.Logs, [body], limits: OtlpLimits.InProcess);

        Assert.Equal((0, 1), (encoded.Records.Count, encoded.UnreadableItems));
    }

    [Fact]
    public void Resource_RepeatedForVeryManyTraces_StaysWithinTheBudget()
    {
        var request = new StandardLoad().Traces(spans: 2_000);
        request.ResourceSpans[0].Resource.Attributes.Add(
            new KeyValue { Key = "long", Value = new AnyValue { StringValue = new string('x', 100_000) } });
        const int budget = 32 * 1024 * 1024;
        using var trial = new RecordTrial(RecordTrial.Encoding with { PartitionsTracesById = true }, budget);

        var encoded = trial.Encode(OtlpSignal.Traces, request);

        Assert.InRange(encoded.Records.Sum(record => (long)record.Value.Length), budget - 200_000, budget);
        Assert.Equal(2_000, encoded.Records.Sum(record => record.ItemCount) + encoded.OversizedItems);
    }

    [Theory]
    [InlineData(KafkaFormat.Json, true)]
    [InlineData(KafkaFormat.Json, false)]
    [InlineData(KafkaFormat.Protobuf, true)]
    public async Task Resource_LargerThanAnyRecord_IsNotPutTogetherForEachItem(KafkaFormat format, bool byTrace)
    {
        // Done for each item, this is more than 500 GB to copy.
        var request = new StandardLoad().Traces(spans: 100_000);
        request.ResourceSpans[0].Resource.Attributes.Add(
            new KeyValue { Key = "long", Value = new AnyValue { StringValue = new string('x', 12_000_000) } });
        while (request.ResourceSpans.Count > 1)
        {
            request.ResourceSpans[0].ScopeSpans.Add(request.ResourceSpans[1].ScopeSpans);
            request.ResourceSpans.RemoveAt(1);
        }

        var spans = request.ResourceSpans[0].ScopeSpans.SelectMany(scope => scope.Spans).ToList();
        for (var i = 0; i < spans.Count; i++)
            spans[i].TraceId = ByteString.CopyFrom(new Guid(i / 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1).ToByteArray());
        using var trial = new RecordTrial(RecordTrial.Encoding with { Format = format, PartitionsTracesById = byTrace });

        var encoded = await Watchdog.WaitAsync(
            Task.Run(() => trial.Encode(OtlpSignal.Traces, request)), "a batch encoded", TestContext.Current.CancellationToken);

        Assert.Equal((0, 100_000), (encoded.Records.Count, encoded.OversizedItems));
    }

    [Fact]
    public void Records_AreChargedWithWhatIsAroundThem()
    {
        using var trial = new RecordTrial(RecordTrial.Encoding with { PartitionsTracesById = true });
        var requests = Enumerable.Range(1, 1000).Select(i => Request(new Guid(i, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1).ToByteArray()));

        var records = trial.Encode(OtlpSignal.Traces, requests.ToArray<IMessage>()).Records;

        // Each value is some 30 bytes; the array alone takes as many.
        Assert.Equal(1000, records.Count);
        Assert.Equal(records.Sum(record => record.Value.Length + 32 + KafkaRecord.AroundBytes), trial.Pool.Budget.Reserved);
    }

    [Fact]
    public void ResourcesPastTheTopicLimit_GoToTheTopicOfTheirSignal()
    {
        using var trial = new RecordTrial(RecordTrial.Encoding with { TopicFromAttribute = RecordTrial.TopicAttribute });

        var allowed = Enumerable.Range(0, ResourceTopics.MaxTopics).Select(i => Named($"topic-{i}"));
        var first = trial.Encode(OtlpSignal.Traces, allowed.ToArray<IMessage>());
        var more = trial.Encode(OtlpSignal.Traces, Named("topic-7"), Named("one-too-many"));

        Assert.False(first.HasTooManyTopics);
        Assert.Equal(ResourceTopics.MaxTopics, first.Records.Select(record => record.Topic).Distinct().Count());
        Assert.True(more.HasTooManyTopics);
        Assert.Equal(["topic-7", "spans"], more.Records.Select(record => record.Topic));
        Assert.Same(first.Records[7].Topic, more.Records[0].Topic);
    }

    [Theory]
    [InlineData(KafkaFormat.Protobuf, OtlpSignal.Traces)]
    [InlineData(KafkaFormat.Protobuf, OtlpSignal.Metrics)]
    [InlineData(KafkaFormat.Protobuf, OtlpSignal.Logs)]
    [InlineData(KafkaFormat.Json, OtlpSignal.Traces)]
    [InlineData(KafkaFormat.Json, OtlpSignal.Metrics)]
    [InlineData(KafkaFormat.Json, OtlpSignal.Logs)]
    public void Halves_AreTheRecordInTwo(KafkaFormat format, OtlpSignal signal)
    {
        using var trial = new RecordTrial(RecordTrial.Encoding with
        {
            Format = format,
            PartitionedByResource = new HashSet<OtlpSignal> { OtlpSignal.Traces, OtlpSignal.Metrics, OtlpSignal.Logs },
        });
        var record = Assert.Single(trial.Encode(signal, new StandardLoad().Next(signal, items: 25)).Records);

        var halves = trial.Halve(signal, record);

        Assert.Equal([13, 12], halves.Select(half => half.ItemCount));
        Assert.All(halves, half => Assert.Equal((record.Topic, KeyOf(record)), (half.Topic, KeyOf(half))));
        Assert.Equal(Items(record), halves.SelectMany(Items));
        var one = halves;
        while (one.Count > 0 && one[0].ItemCount > 1)
            one = trial.Halve(signal, one[0]);
        Assert.Empty(trial.Halve(signal, one[0]));
        Assert.Equal(25, record.ItemCount);

        IEnumerable<string> Items(KafkaRecord part) => OtlpFlattening.Items(
            OtlpItems.Parse(signal, format == KafkaFormat.Json ? trial.FromJson(signal, part.Value) : part.Value));
    }

    [Fact]
    public void Text_MuchLongerThanExpected_IsCutUntilItFits()
    {
        // Each of these characters is one byte of protobuf and six of JSON.
        var scope = new ScopeSpans { Spans = { Enumerable.Range(0, 400).Select(i => new Span { Name = new string('\u0001', 1 + (i * 7)) }) } };
        var request = new ExportTraceServiceRequest { ResourceSpans = { new ResourceSpans { ScopeSpans = { scope } } } };
        using var trial = new RecordTrial(RecordTrial.Encoding with { Format = KafkaFormat.Json, MaxMessageBytes = 15_000 });

        var encoded = trial.Encode(OtlpSignal.Traces, request);

        Assert.All(encoded.Records, record => Assert.InRange(record.Value.Length, 1, 15_000 - 97));
        var names = encoded.Records
            .Select(record => ExportTraceServiceRequest.Parser.ParseFrom(trial.FromJson(OtlpSignal.Traces, record.Value)))
            .SelectMany(part => part.ResourceSpans[0].ScopeSpans[0].Spans.Select(span => span.Name.Length))
            .ToList();
        Assert.Equal(Enumerable.Range(0, names.Count).Select(i => 1 + (i * 7)), names);
        Assert.Equal(400 - names.Count, encoded.OversizedItems);
        Assert.InRange(6 * (1 + (names.Count * 7)), 14_700, 15_000);
    }

    [Fact]
    public void Texts_OnceTheirLengthIsKnown_FillTheirRecords()
    {
        using var trial = new RecordTrial(RecordTrial.Encoding with { Format = KafkaFormat.Json, MaxMessageBytes = 200_000 });
        var bodies = Bodies(64);
        trial.Encode(OtlpSignal.Traces, bodies);

        var records = trial.Encode(OtlpSignal.Traces, [bodies.SelectMany(body => body).ToArray()]).Records;

        Assert.All(records.SkipLast(1), record => Assert.InRange(record.Value.Length, 150_000, 200_000));
    }

    [Fact]
    public async Task Batches_EncodedAtOnce_AreAsWhenEncodedOneByOne()
    {
        var bodies = Bodies(16);
        using var trial = new RecordTrial(
            RecordTrial.Encoding with { PartitionsTracesById = true, TopicFromAttribute = "service.name", MaxMessageBytes = 20_000 });
        var expected = bodies.Select(body => Values(trial.Encode(OtlpSignal.Traces, [body]))).ToList();

        var tasks = bodies.Select(body => Task.Run(() =>
        {
            using var batch = trial.Batch(OtlpSignal.Traces, [body]);
            return trial.Encoder.Encode(batch, headerBytes: 0);
        }));
        var encoded = await Task.WhenAll(tasks);

        Assert.Equal(expected, encoded.Select(records => Values(trial.Keep(records))));

        static string Values(EncodedRecords encoded) =>
            string.Join(';', encoded.Records.Select(record => $"{record.Topic} {KeyOf(record)} {Convert.ToHexString(record.Value)}"));
    }

    [Fact]
    public void UnkeyedBatch_AllocatesLittleMoreThanItsValues()
    {
        var bodies = Bodies(16);
        using var trial = new RecordTrial(RecordTrial.Encoding);
        using var batch = trial.Batch(OtlpSignal.Traces, bodies);
        trial.Keep(trial.Encoder.Encode(batch, headerBytes: 0));

        var before = GC.GetAllocatedBytesForCurrentThread();
        var encoded = trial.Keep(trial.Encoder.Encode(batch, headerBytes: 0));
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.InRange(allocated, batch.WireLength, batch.WireLength + 4_000);
        Assert.Equal(batch.WireLength, encoded.Records.Sum(record => (long)record.Value.Length));
    }

    private static List<byte[]> Bodies(int count, int items = StandardLoad.ItemsPerRequest)
    {
        var load = new StandardLoad();
        return [.. Enumerable.Range(0, count).Select(_ => load.Encode(OtlpSignal.Traces, items))];
    }

    private static ExportTraceServiceRequest Request(byte[] traceId) => new()
    {
        ResourceSpans =
        {
            new ResourceSpans { ScopeSpans = { new ScopeSpans { Spans = { new Span { TraceId = ByteString.CopyFrom(traceId) } } } } },
        },
    };

    private static ExportTraceServiceRequest Named(string topic)
    {
        var request = Request([1]);
        request.ResourceSpans[0].Resource = new Resource
        {
            Attributes = { new KeyValue { Key = RecordTrial.TopicAttribute, Value = new AnyValue { StringValue = topic } } },
        };
        return request;
    }

    private static byte[] Field(int number, byte[] content)
    {
        using var stream = new MemoryStream();
        using (var output = new CodedOutputStream(stream))
        {
            output.WriteTag(number, WireFormat.WireType.LengthDelimited);
            output.WriteBytes(ByteString.CopyFrom(content));
        }

        return stream.ToArray();
    }

    private static string? KeyOf(KafkaRecord record) => record.Key is { } key ? Encoding.ASCII.GetString(key) : null;
}
