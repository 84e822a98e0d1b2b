using Google.Protobuf;
using Google.Protobuf.Reflection;
using Rotel.Otlp;
using Rotel.TestKit.Telemetry;

namespace Rotel.TestKit;

public class TelemetryTests
{
    [Fact]
    public void Generator_ManyDraws_SetEveryFieldOfEveryMessage()
    {
        foreach (var signal in Enum.GetValues<OtlpSignal>())
        {
            var seen = new HashSet<string>();
            for (var seed = 0; seed < 40; seed++)
                Note(WireTree.Parse(new TelemetryGenerator(seed).Request(signal).ToByteArray(), OtlpItems.Descriptor(signal)), seen);

            var all = new HashSet<string>();
            NoteAll(OtlpItems.Descriptor(signal), all);
            Assert.Empty(all.Except(seen));
        }
    }

    [Fact]
    public void Generator_ExactSize_GivesThatManyItems()
    {
        var size = new TelemetrySize { Exact = true, Resources = 2, Scopes = 3, Items = 5, Points = 7 };

        Assert.Equal(2 * 3 * 5, OtlpItems.Count(new TelemetryGenerator(1, size).Traces()));
        Assert.Equal(2 * 3 * 5, OtlpItems.Count(new TelemetryGenerator(1, size).Logs()));
        Assert.Equal(2 * 3 * 5 * 7, OtlpItems.Count(new TelemetryGenerator(1, size).Metrics()));
    }

    [Fact]
    public void StandardLoad_Spans_AreOfTheStandardSize()
    {
        var load = new StandardLoad();
        var request = load.Traces(10_000);
        var spans = request.ResourceSpans[0].ScopeSpans[0].Spans;

        Assert.InRange(request.CalculateSize() / 10_000.0, 480, 500);
        Assert.All(spans, span => Assert.InRange(span.Attributes.Count, 10, 12));
    }

    [Fact]
    public void StandardLoad_Items_HaveKeysOfTheirOwn()
    {
        foreach (var signal in Enum.GetValues<OtlpSignal>())
        {
            var load = new StandardLoad(5);
            var other = new StandardLoad(6);
            var requests = Enumerable.Range(0, 40).Select(i => (i % 2 == 0 ? load : other).Next(signal));
            var keys = requests.SelectMany(OtlpItems.Keys);

            Assert.Equal(4_000, keys.Distinct().Count());
            Assert.Equal(new StandardLoad(5).Encode(signal), new StandardLoad(5).Encode(signal));
        }
    }

    private static void Note(List<WireField> fields, HashSet<string> seen)
    {
        foreach (var field in fields)
        {
            seen.Add(field.Descriptor!.FullName);
            Note(field.Children ?? [], seen);
        }
    }

    private static void NoteAll(MessageDescriptor message, HashSet<string> all)
    {
        foreach (var field in message.Fields.InFieldNumberOrder())
        {
            if (all.Add(field.FullName) && field.FieldType == FieldType.Message)
                NoteAll(field.MessageType, all);
        }
    }
}
