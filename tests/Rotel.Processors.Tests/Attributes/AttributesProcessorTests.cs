using System.Diagnostics;
using Google.Protobuf;
using Google.Protobuf.Collections;
using OpenTelemetry.Proto.Collector.Trace.V1;
using OpenTelemetry.Proto.Common.V1;
using OpenTelemetry.Proto.Trace.V1;
using Rotel.Memory;
using Rotel.Otlp;
using Rotel.Processors.Editing;
using Rotel.Processors.Filtering;
using Rotel.Processors.Filtering.Conditions;
using Rotel.TestKit;
using Rotel.TestKit.Telemetry;
using ResourceMessage = OpenTelemetry.Proto.Resource.V1.Resource;

namespace Rotel.Processors.Attributes;

public sealed class AttributesProcessorTests
{
    public static TheoryData<OtlpSignal> Signals => [OtlpSignal.Traces, OtlpSignal.Metrics, OtlpSignal.Logs];

    [Theory]
    [MemberData(nameof(Signals))]
    public void Actions_OnItemsOfAnyLegalBody_AreThoseOfTheReference(OtlpSignal signal) => Compare(
        signal,
        actions => EditorOf(actions),
        (request, actions) =>
        {
            foreach (var attributes in RequestAttributes.OfItems(request))
                ReferenceActions.Apply(actions, attributes);
        });

    [Theory]
    [MemberData(nameof(Signals))]
    public void Actions_OnResourcesOfAnyLegalBody_AreThoseOfTheReference(OtlpSignal signal) => Compare(
        signal,
        actions => new ResourceEditor(new AttributeActions(actions)),
        (request, actions) => RequestAttributes.OfResources(request, attributes => ReferenceActions.Apply(actions, attributes)));

    [Fact]
    public void Attributes_ThatNoActionConcerns_TakeNoMemory()
    {
        // An attribute of two bytes, a million times over.
        byte[] content = [.. Enumerable.Repeat((byte[])[0x0A, 0], 1_000_000).SelectMany(pair => pair)];
        var pool = new BufferPool(new ByteBudget(256 * 1024 * 1024));
        using var scratch = new EditScratch(pool, TimeProvider.System);
        var actions = new AttributeActions(new AttributeActionList().Upsert("team", "a").DeleteMatching("^internal[.]"));
        var edit = new AttributeEdit(content, scratch);

        Assert.True(edit.TryRead(0, content.Length, field: 1, actions));
        actions.Apply(ref edit, scratch);

        Assert.Equal(1, edit.Count);
        Assert.InRange(pool.Budget.Reserved, 0, 64 * 1024);
    }

    [Fact]
    public void Keys_ThatTakeAPatternTooLong_CountAsFoundWithoutHoldingUp()
    {
        // Backtracks for years, which the look-ahead leaves no way around; 100 ms for each would be over a minute.
        var actions = new AttributeActionList().DeleteMatching("^(?=a)(a+)+$");
        var watch = Stopwatch.StartNew();

        var edited = Edit(
            actions, [Text("kept", "x"), .. Enumerable.Range(0, 800).Select(i => Text(new string('a', 60) + (char)('A' + (i % 26)) + i, "x"))]);

        Assert.Equal("kept", Assert.Single(edited).Key);
        Assert.InRange(watch.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(30));
    }

    [Fact]
    public void Actions_InCode_SeeWhatThoseBeforeThemDid()
    {
        var actions = new AttributeActionList()
            .Insert("team", "payments")
            .UpsertFrom("owner", "team")
            .Rename("team", "squad")
            .Extract("http.route", "^/(?<version>v[0-9]+)/")
            .Convert("port", AttributeValueType.WholeNumber)
            .Hash("user")
            .DeleteMatching("^internal[.]");

        var edited = Edit(actions, Text("http.route", "/v2/carts"), Text("port", "8080"), Text("user", "ann"), Text("internal.id", "7"));

        Assert.Equal(
            ["http.route=/v2/carts", "port=8080", $"user={Sha256("ann")}", "squad=payments", "owner=payments", "version=v2"],
            edited.Select(Shown));
        Assert.Equal(8080, edited[1].Value.IntValue);
    }

    [Fact]
    public void Source_ThatIsNotThere_LeavesTheTargetAsItIs()
    {
        var actions = new AttributeActionList().UpsertFrom("kept", "missing").InsertFrom("new", "missing").Extract("missing", "(?<x>.)");

        var edited = Edit(actions, Text("kept", "as it is"));

        Assert.Equal(["kept=as it is"], edited.Select(Shown));
    }

    [Fact]
    public void Value_ThatCannotBeConverted_Stays()
    {
        var actions = new AttributeActionList()
            .Convert("port", AttributeValueType.WholeNumber).Convert("ratio", AttributeValueType.FloatingPoint).Convert("on", AttributeValueType.Boolean);

        var edited = Edit(actions, Text("port", "http"), Text("ratio", "half"), Text("on", "maybe"));

        Assert.Equal(["port=http", "ratio=half", "on=maybe"], edited.Select(Shown));
    }

    [Fact]
    public void Upsert_OfWhatIsThereAlready_LeavesThePayloadAsItIs()
    {
        var body = new StandardLoad().Encode(OtlpSignal.Traces);
        var actions = new AttributeActionList().Upsert("service.name", "orders-api").Insert("host.name", "other").Update("missing", 1);

        new EditingBench(OtlpSignal.Traces, new ResourceEditor(new AttributeActions(actions))).Process(body, out var isSame);

        Assert.True(isSame);
    }

    [Fact]
    public void Key_GivenTwiceByTheSender_IsSetOnce()
    {
        var edited = Edit(new AttributeActionList().Upsert("a", "set"), Text("a", "1"), Text("b", "2"), Text("a", "3"));

        Assert.Equal(["a=set", "b=2"], edited.Select(Shown));
    }

    [Fact]
    public void Actions_WithACondition_AreDoneWhereItIsMet()
    {
        var options = new AttributesOptions { WhenSpan = Spans.Name.Is("GET /carts") };
        options.Actions.Upsert("cart", true);
        var request = new ExportTraceServiceRequest
        {
            ResourceSpans =
            {
                new ResourceSpans { ScopeSpans = { new ScopeSpans { Spans = { new Span { Name = "GET /carts" }, new Span { Name = "GET /" } } } } },
            },
        };
        var bench = new EditingBench(OtlpSignal.Traces, AttributesProcessorType.EditorOf(options, OtlpSignal.Traces));

        var spans = ExportTraceServiceRequest.Parser.ParseFrom(bench.Process(request.ToByteArray())).ResourceSpans[0].ScopeSpans[0].Spans;

        Assert.Equal([1, 0], spans.Select(span => span.Attributes.Count));
    }

    [Fact]
    public void Resource_InPieces_GetsEachAttributeOnce()
    {
        var first = new ResourceMessage { Attributes = { Text("a", "1"), Text("b", "1") } };
        var second = new ResourceMessage { Attributes = { Text("a", "2"), Text("c", "2"), Text("a", "3") } };
        var spans = new ScopeSpans { Spans = { new Span { Name = "s" } } };
        byte[] envelope = [.. Framed(0x0A, first.ToByteArray()), .. Framed(0x12, spans.ToByteArray()), .. Framed(0x0A, second.ToByteArray())];
        var actions = AttributeActions.Setting([new("a", "set"), new("new", "set")]);

        var written = new EditingBench(OtlpSignal.Traces, new ResourceEditor(actions)).Process(Framed(0x0A, envelope));

        var resource = ExportTraceServiceRequest.Parser.ParseFrom(written).ResourceSpans[0].Resource;
        Assert.Equal(["a=set", "b=1", "c=2", "new=set"], resource.Attributes.Select(Shown));
    }

    [Fact]
    public void Resource_ThatIsMissing_IsMadeOnlyForWhatIsAdded()
    {
        var request = new ExportTraceServiceRequest
        {
            ResourceSpans = { new ResourceSpans { ScopeSpans = { new ScopeSpans { Spans = { new Span { Name = "s" } } } } } },
        };
        var update = new EditingBench(OtlpSignal.Traces, new ResourceEditor(new AttributeActions(new AttributeActionList().Update("k", "v"))));
        var insert = new EditingBench(OtlpSignal.Traces, new ResourceEditor(new AttributeActions(new AttributeActionList().Insert("k", "v"))));

        update.Process(request.ToByteArray(), out var isSame);
        var made = ExportTraceServiceRequest.Parser.ParseFrom(insert.Process(request.ToByteArray()));

        Assert.True(isSame);
        Assert.Equal(new ResourceMessage { Attributes = { Text("k", "v") } }, made.ResourceSpans[0].Resource);
    }

    [Fact]
    public void Upsert_OnResources_AllocatesNoMoreForMoreSpans()
    {
        var actions = new AttributeActionList().Upsert("service.name", "checkout").Upsert("team", "payments");
        var bench = new AllocationBench(new ResourceEditor(new AttributeActions(actions)));
        var few = bench.Allocated(new StandardLoad().Encode(OtlpSignal.Traces, 10));

        var many = bench.Allocated(new StandardLoad().Encode(OtlpSignal.Traces, 500));

        Assert.Equal(few, many);
    }

    [Fact]
    public void Actions_OnSpans_AllocateNoMoreForMoreSpans()
    {
        var actions = new AttributeActionList()
            .Upsert("team", "payments").UpsertFrom("team", "http.route").HashMatching("client").Convert("server.port", AttributeValueType.Text)
            .Rename("url.scheme", "scheme").DeleteMatching("^user");
        var bench = new AllocationBench(EditorOf(actions));
        var few = bench.Allocated(new StandardLoad().Encode(OtlpSignal.Traces, 10));

        var many = bench.Allocated(new StandardLoad().Encode(OtlpSignal.Traces, 500));

        Assert.Equal(few, many);
    }

    private static void Compare(
        OtlpSignal signal, Func<AttributeActionList, BodyEditor> editor, Action<IMessage, AttributeActionList> reference)
    {
        var changed = 0;
        for (var i = 0; i < 400; i++)
        {
            var seed = FreshSeed.Value + i;
            var body = EditingBench.Draw(signal, seed);
            var expected = OtlpItems.Parse(signal, body);
            if (OtlpItems.Count(expected) == 0)
                continue;
            var actions = new RandomActions(seed).Draw();
            reference(expected, actions);

            var written = new EditingBench(signal, editor(actions)).Process(body, out var isSame);

            var described = string.Join(", ", actions.Select(action => $"{action.Kind} {action.Key} {action.Text}"));
            Assert.True(expected.Equals(OtlpItems.Parse(signal, written!)), $"seed {seed}: {described}");
            changed += isSame ? 0 : 1;
        }

        Assert.True(changed > 50, $"only {changed} bodies were changed");
    }

    private static RepeatedField<KeyValue> Edit(AttributeActionList actions, params KeyValue[] attributes)
    {
        var request = new ExportTraceServiceRequest
        {
            ResourceSpans = { new ResourceSpans { ScopeSpans = { new ScopeSpans { Spans = { new Span { Attributes = { attributes } } } } } } },
        };
        var bench = new EditingBench(OtlpSignal.Traces, EditorOf(actions));
        var written = ExportTraceServiceRequest.Parser.ParseFrom(bench.Process(request.ToByteArray()));
        return written.ResourceSpans[0].ScopeSpans[0].Spans[0].Attributes;
    }

    private static AttributesEditor EditorOf(AttributeActionList actions) =>
        new(new AttributeActions(actions), new ConditionPlan(), conditions: null);

    private static string Sha256(string text) =>
        Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text)));

    private static byte[] Framed(byte tag, byte[] content) => [tag, (byte)content.Length, .. content];

    private static string Shown(KeyValue pair) => $"{pair.Key}={(pair.Value.HasIntValue ? pair.Value.IntValue : pair.Value.StringValue)}";

    private static KeyValue Text(string key, string value) => new() { Key = key, Value = new AnyValue { StringValue = value } };
}
