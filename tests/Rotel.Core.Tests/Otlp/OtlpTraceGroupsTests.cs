using System.Globalization;
using Google.Protobuf;
using OpenTelemetry.Proto.Collector.Trace.V1;
using OpenTelemetry.Proto.Trace.V1;
using Rotel.Otlp.Wire;
using Rotel.TestKit;
using Rotel.TestKit.Telemetry;

namespace Rotel.Otlp;

public sealed class OtlpTraceGroupsTests
{
    [Fact]
    public void Groups_OfAnyLegalBodies_AreTheSpansOfEachTraceInOrder()
    {
        TestContext.Current.TestOutputHelper?.WriteLine($"{FreshSeed.Variable}={FreshSeed.Value}");
        using var groups = new OtlpTraceGroups();
        for (var seed = FreshSeed.Value; seed < FreshSeed.Value + 600; seed++)
        {
            var random = new Random(seed);
            var bodies = Enumerable.Range(0, random.Next(1, 5)).Select(_ => Draw(random)).ToList();

            groups.Clear();
            foreach (var body in bodies)
                groups.Add(body);

            AssertGroups(groups, bodies, $"{FreshSeed.Variable}={seed}");
        }
    }

    [Fact]
    public void Spans_WithoutALegalTraceId_ShareOneGroup()
    {
        byte[][] ids = [[], new byte[16], new byte[8], [.. Enumerable.Repeat((byte)7, 17)], [.. Enumerable.Repeat((byte)7, 16)]];
        var scope = new ScopeSpans { Spans = { ids.Select(id => new Span { TraceId = ByteString.CopyFrom(id) }) } };
        var request = new ExportTraceServiceRequest { ResourceSpans = { new ResourceSpans { ScopeSpans = { scope } } } };

        using var groups = new OtlpTraceGroups();
        groups.Add(request.ToByteArray());

        Assert.Equal(2, groups.Count);
        Assert.Equal((UInt128.Zero, 4), (groups.TraceId(0), groups.ItemCount(0)));
        Assert.Equal("07070707070707070707070707070707", groups.TraceId(1).ToString("x32", CultureInfo.InvariantCulture));
    }

    [Fact]
    public void Body_OfOneTrace_IsWrittenAsItIs()
    {
        var request = new StandardLoad().Traces();
        foreach (var span in request.ResourceSpans[0].ScopeSpans[0].Spans)
            span.TraceId = request.ResourceSpans[0].ScopeSpans[0].Spans[0].TraceId;
        var body = request.ToByteArray();

        using var groups = new OtlpTraceGroups();
        groups.Add(body);

        Assert.Equal(1, groups.Count);
        Assert.Equal(body, Written(groups, 0));
    }

    [Fact]
    public void Body_ThatIsNotProtobuf_LeavesTheOthersAsTheyWere()
    {
        for (var seed = 1; seed <= 200; seed++)
        {
            var random = new Random(seed);
            var bodies = new List<byte[]> { Draw(random), Draw(random) };
            var spoiled = Draw(random, spoilt: true);

            using var groups = new OtlpTraceGroups();
            groups.Add(bodies[0]);
            Assert.Throws<WireFormatException>(() => groups.Add(spoiled));
            groups.Add(bodies[1]);

            AssertGroups(groups, bodies, $"seed {seed}");
        }
    }

    [Fact]
    public void Grouping_ASecondTime_AllocatesNothing()
    {
        var body = new StandardLoad().Encode(OtlpSignal.Traces, items: 2_000);
        var output = new byte[2 * body.Length];
        using var groups = new OtlpTraceGroups();
        Group();

        var before = GC.GetAllocatedBytesForCurrentThread();
        Group();
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(0, allocated);

        void Group()
        {
            groups.Clear();
            groups.Add(body);
            for (var i = 0; i < groups.Count; i++)
                groups.Write(i, output.AsSpan(0, groups.Measure(i)));
        }
    }

    private static void AssertGroups(OtlpTraceGroups groups, List<byte[]> bodies, string what)
    {
        var expected = new Dictionary<string, List<string>>();
        var resources = new Dictionary<string, int>();
        var scopes = new Dictionary<string, int>();
        foreach (var resource in bodies.SelectMany(body => ExportTraceServiceRequest.Parser.ParseFrom(body).ResourceSpans))
        {
            var ids = resource.ScopeSpans.Select(scope => scope.Spans.Select(Id).ToList()).ToList();
            var items = OtlpFlattening.Items(new ExportTraceServiceRequest { ResourceSpans = { resource } });
            foreach (var (id, item) in ids.SelectMany(id => id).Zip(items))
            {
                expected.TryAdd(id, []);
                expected[id].Add(item);
            }

            foreach (var id in ids.SelectMany(id => id).Distinct())
            {
                resources[id] = resources.GetValueOrDefault(id) + 1;
                scopes[id] = scopes.GetValueOrDefault(id) + ids.Count(scope => scope.Contains(id));
            }
        }

        // A dictionary that nothing is removed from keeps the order of first appearance.
        Assert.True(expected.Keys.SequenceEqual(Enumerable.Range(0, groups.Count).Select(i => Id(groups.TraceId(i)))), what);
        for (var i = 0; i < groups.Count; i++)
        {
            var written = Written(groups, i);
            Assert.True(OtlpValidator.Validate(OtlpSignal.Traces, written, OtlpLimits.Untrusted).IsValid, what);
            var request = ExportTraceServiceRequest.Parser.ParseFrom(written);
            var id = Id(groups.TraceId(i));
            Assert.True(expected[id].SequenceEqual(OtlpFlattening.Items(request)), what);
            Assert.Equal(expected[id].Count, groups.ItemCount(i));
            Assert.Equal(resources[id], request.ResourceSpans.Count);
            Assert.Equal(scopes[id], request.ResourceSpans.Sum(resource => resource.ScopeSpans.Count));
        }
    }

    private static byte[] Written(OtlpTraceGroups groups, int group)
    {
        var written = new byte[groups.Measure(group)];
        groups.Write(group, written);
        return written;
    }

    private static string Id(Span span) => span.TraceId.Length == 16 ? Convert.ToHexStringLower(span.TraceId.Span) : Id(UInt128.Zero);

    private static string Id(UInt128 id) => id.ToString("x32", CultureInfo.InvariantCulture);

    /// <summary>A body of few traces, in any encoding; spoilt, its last span is none.</summary>
    private static byte[] Draw(Random random, bool spoilt = false)
    {
        var request = new TelemetryGenerator(random.Next(), new TelemetrySize { Items = 8, ListLength = 2 }).Traces();
        foreach (var span in request.ResourceSpans.SelectMany(resource => resource.ScopeSpans).SelectMany(scope => scope.Spans))
        {
            var id = random.Next(6);
            span.TraceId = id < 2 ? ByteString.CopyFrom(new byte[id * 16]) : ByteString.CopyFrom([.. Enumerable.Repeat((byte)id, 16)]);
        }

        var reshaping = random.Next(3) switch { 0 => WireReshaping.None, 1 => WireReshaping.ShuffleFields, _ => WireReshaping.Mergeable };
        if (!spoilt)
            return new WireReshaper(random.Next(), reshaping).Reshape(request.ToByteArray(), ExportTraceServiceRequest.Descriptor).Bytes;

        // A resource with a scope with a span that claims more than it holds.
        return [.. request.ToByteArray(), 0x0A, 0x06, 0x12, 0x04, 0x12, 0x02, 0x0A, 0x10];
    }
}
