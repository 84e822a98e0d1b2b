using Google.Protobuf;
using OpenTelemetry.Proto.Collector.Logs.V1;
using OpenTelemetry.Proto.Collector.Trace.V1;
using OpenTelemetry.Proto.Common.V1;
using OpenTelemetry.Proto.Logs.V1;
using OpenTelemetry.Proto.Trace.V1;
using Rotel.Memory;
using Rotel.Otlp;
using Rotel.TestKit.Telemetry;
using ResourceMessage = OpenTelemetry.Proto.Resource.V1.Resource;

namespace Rotel.Processors.Redaction;

public sealed class RedactionEditorTests
{
    private const string Card = @"\b\d{4}([ -]?\d{4}){3}\b";

    [Fact]
    public void Values_ThatMatch_AreMaskedWholeInAttributesAtEveryLevel()
    {
        var options = new RedactionOptions { AllowAllKeys = true, BlockedValues = { Card } };
        var span = new Span
        {
            Name = "pay",
            Attributes =
            {
                Text("card", "4111 1111 1111 1111"), Text("note", "card 4111-1111-1111-1111, paid"), Text("order", "17"),
                new KeyValue { Key = "tries", Value = Array("4111111111111111", "ok") },
                new KeyValue { Key = "customer", Value = Map(Text("name", "Anna"), Text("card", "4111111111111111")) },
            },
            Events = { new Span.Types.Event { Name = "charged", Attributes = { Text("card", "4111111111111111") } } },
            Links = { new Span.Types.Link { Attributes = { Text("card", "4111111111111111") } } },
            Status = new Status { Message = "declined: 4111111111111111, try another", Code = Status.Types.StatusCode.Error },
        };
        var request = Traces(span);
        request.ResourceSpans[0].Resource = new ResourceMessage { Attributes = { Text("owner", "4111111111111111") } };
        request.ResourceSpans[0].ScopeSpans[0].Scope = new InstrumentationScope { Attributes = { Text("key", "4111111111111111") } };

        var redacted = new RedactionBench(OtlpSignal.Traces, options).Process(request).ResourceSpans[0];

        var result = redacted.ScopeSpans[0].Spans[0];
        Assert.Equal(
            ["[REDACTED]", "[REDACTED]", "17"], result.Attributes.Take(3).Select(attribute => attribute.Value.StringValue));
        Assert.Equal(Array("[REDACTED]", "ok"), result.Attributes[3].Value);
        Assert.Equal(Map(Text("name", "Anna"), Text("card", "[REDACTED]")), result.Attributes[4].Value);
        Assert.Equal([Text("card", "[REDACTED]")], result.Events[0].Attributes);
        Assert.Equal([Text("card", "[REDACTED]")], result.Links[0].Attributes);
        Assert.Equal("declined: [REDACTED], try another", result.Status.Message);
        Assert.Equal([Text("owner", "[REDACTED]")], redacted.Resource.Attributes);
        Assert.Equal([Text("key", "[REDACTED]")], redacted.ScopeSpans[0].Scope.Attributes);
    }

    [Fact]
    public void Keys_ThatAreNotAllowed_AreDeletedAndIgnoredOnesStayAsTheyAre()
    {
        var options = new RedactionOptions
        {
            AllowedKeys = { "http.route", "user.password" },
            IgnoredKeys = { "debug.card" },
            BlockedKeyPatterns = { "(?i)password" },
            BlockedValues = { Card },
            Summary = RedactionSummary.Debug,
        };
        var request = Traces(new Span
        {
            Attributes =
            {
                Text("http.route", "/pay"), Text("internal.id", "17"), Text("debug.card", "4111111111111111"),
                new KeyValue { Key = "user.password", Value = new AnyValue { IntValue = 1234 } },
            },
        });

        var attributes = new RedactionBench(OtlpSignal.Traces, options).Process(request).ResourceSpans[0].ScopeSpans[0].Spans[0].Attributes;

        Assert.Equal(
            [
                Text("http.route", "/pay"), Text("debug.card", "4111111111111111"), Text("user.password", "[REDACTED]"),
                Text("redaction.span.redacted_keys.names", "internal.id"), Number("redaction.span.redacted_keys.count", 1),
                Text("redaction.span.masked_keys.names", "user.password"), Number("redaction.span.masked_keys.count", 1),
                Text("redaction.span.allowed_keys.names", "http.route,user.password"), Number("redaction.span.allowed_keys.count", 2),
                Number("redaction.span.ignored_keys.count", 1),
            ],
            attributes);
    }

    [Fact]
    public void Bodies_LoseWhatMatches_AndTheKeysThatAreNotAllowed()
    {
        var options = new RedactionOptions
        {
            AllowedKeys = { "message", "customer", "card" },
            BlockedValues = { Card },
            AllowedValues = { "^test " },
        };
        var bench = new RedactionBench(OtlpSignal.Logs, options);

        var text = bench.Process(Logs(new AnyValue { StringValue = "paid with 4111111111111111 and 4222222222222222." }));
        var test = bench.Process(Logs(new AnyValue { StringValue = "test 4111111111111111" }));
        var map = bench.Process(Logs(Map(
            Text("message", "card 4111111111111111 used"), Text("secret", "x"),
            new KeyValue { Key = "customer", Value = Map(Text("card", "4111111111111111"), Text("name", "Anna")) })));

        Assert.Equal("paid with [REDACTED] and [REDACTED].", Body(text).StringValue);
        Assert.Equal("test 4111111111111111", Body(test).StringValue);
        Assert.Equal(
            Map(
                Text("message", "card [REDACTED] used"),
                new KeyValue { Key = "customer", Value = Map(Text("card", "[REDACTED]")) }),
            Body(map));
    }

    [Fact]
    public void Hash_OfAValue_IsWhatOtherToolsCompute()
    {
        var options = new RedactionOptions { AllowAllKeys = true, BlockedKeyPatterns = { "^user$" }, HashFunction = RedactionHash.Sha256 };

        var result = new RedactionBench(OtlpSignal.Traces, options).Process(Traces(new Span { Attributes = { Text("user", "anna") } }));

        // printf anna | sha256sum
        Assert.Equal(
            "55579b557896d0ce1764c47fed644f9b35f58bad620674af23f356d80ed0c503",
            result.ResourceSpans[0].ScopeSpans[0].Spans[0].Attributes[0].Value.StringValue);
    }

    [Fact]
    public void Summary_OfAnEarlierProcessor_IsAddedTo()
    {
        var options = new RedactionOptions { AllowAllKeys = true, BlockedValues = { Card }, Summary = RedactionSummary.Debug };
        var request = Traces(new Span
        {
            Attributes =
            {
                Number("redaction.span.masked_keys.count", 2), Text("redaction.span.masked_keys.names", "a,z"),
                Text("card", "4111111111111111"),
            },
        });

        var attributes = new RedactionBench(OtlpSignal.Traces, options).Process(request).ResourceSpans[0].ScopeSpans[0].Spans[0].Attributes;

        Assert.Contains(Text("redaction.span.masked_keys.names", "a,card,z"), attributes);
        Assert.Contains(Number("redaction.span.masked_keys.count", 3), attributes);
        Assert.Contains(Text("redaction.span.allowed_keys.names", "card"), attributes);
        Assert.Equal(5, attributes.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Summary_ThatASenderMadeUp_IsRedactedLikeAnyAttribute(bool allowsAllKeys)
    {
        var options = new RedactionOptions { AllowAllKeys = allowsAllKeys, BlockedValues = { Card }, Summary = RedactionSummary.Info };
        if (!allowsAllKeys)
            options.AllowedKeys.Add("other");
        var request = Traces(new Span
        {
            Attributes =
            {
                Text("redaction.span.masked_keys.names", "card,4111111111111111"), Text("redaction.span.masked_keys.count", "4111111111111111"),
                new KeyValue { Key = "redaction.span.allowed_keys.names", Value = Array("4111111111111111") },
            },
        });

        var written = new RedactionBench(OtlpSignal.Traces, options).Process(request);

        Assert.Equal(-1, written.ToByteArray().AsSpan().IndexOf("4111111111111111"u8));
    }

    [Fact]
    public void Tally_OfManyKeysInOneMessage_IsChargedAndGivenBack()
    {
        var pool = new BufferPool(new ByteBudget(64 * 1024 * 1024));
        var tally = new RedactionTally(RedactionSummary.Debug, pool);
        tally.Begin();
        for (var i = 0; i < 100_000; i++)
            tally.Add(RedactionCategory.Allowed, "key"u8);

        Assert.InRange(pool.Budget.Reserved, 1_100_000, 3_000_000);
        tally.Release();
        Assert.Equal(0, pool.Budget.Reserved);
    }

    [Fact]
    public void Body_WithNothingToHide_GoesOnWithoutACopyAndWithoutAnAllocation()
    {
        var options = new RedactionOptions
        {
            AllowAllKeys = true,
            BlockedValues = { Card, @"[\w.+-]+@[\w-]+\.\w+" },
            BlockedKeyPatterns = { "secret" },
        };
        var body = new StandardLoad().Encode(OtlpSignal.Traces);
        var bench = new RedactionBench(OtlpSignal.Traces, options);
        for (var i = 0; i < 50; i++)
            bench.Process(body, out _);

        var before = GC.GetAllocatedBytesForCurrentThread();
        bench.Process(body, out var isSame);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before - body.Length;

        Assert.True(isSame);

        // The payload and the copy that the test takes of it.
        Assert.InRange(allocated, 0, 1_000);
    }

    [Fact]
    public void Text_ThatIsNotUtf8_IsReadWithReplacementsAndNeverThrows()
    {
        var options = new RedactionOptions { AllowAllKeys = true, BlockedValues = { "secret", "\uFFFD{3}" } };
        var body = Traces(new Span { Attributes = { Text("k", "XXsecretXX"), Text("k", "YYYY") } }).ToByteArray();
        var at = body.AsSpan().IndexOf("XXsecret"u8);
        body.AsSpan(at, 2).Fill(0xFF);
        body.AsSpan(body.AsSpan().IndexOf("YYYY"u8), 4).Fill(0xC0);

        var written = new RedactionBench(OtlpSignal.Traces, options).Process(body, out _);

        var attributes = ExportTraceServiceRequest.Parser.ParseFrom(written).ResourceSpans[0].ScopeSpans[0].Spans[0].Attributes;
        Assert.Equal(["[REDACTED]", "[REDACTED]"], attributes.Select(attribute => attribute.Value.StringValue));
    }

    [Fact]
    public void Redaction_OfManyBodiesAtOnce_IsTheSameAsOneByOne()
    {
        var options = new RedactionOptions
        {
            AllowAllKeys = true,
            BlockedValues = { Card, @"10\d", "okhttp" },
            HashFunction = RedactionHash.Md5,
        };
        var load = new StandardLoad();
        var bodies = Enumerable.Range(0, 40).Select(_ => load.Encode(OtlpSignal.Logs, 20)).ToArray();
        var bench = new RedactionBench(OtlpSignal.Logs, options);
        var expected = bodies.Select(body => bench.Process(body, out _)).ToArray();

        Parallel.For(0, 400, i => Assert.Equal(expected[i % 40], bench.Process(bodies[i % 40], out _)));

        Assert.Equal(0, bench.Reserved);
    }

    private static ExportTraceServiceRequest Traces(Span span) =>
        new() { ResourceSpans = { new ResourceSpans { ScopeSpans = { new ScopeSpans { Spans = { span } } } } } };

    private static ExportLogsServiceRequest Logs(AnyValue body) => new()
    {
        ResourceLogs = { new ResourceLogs { ScopeLogs = { new ScopeLogs { LogRecords = { new LogRecord { Body = body } } } } } },
    };

    private static AnyValue Body(ExportLogsServiceRequest request) => request.ResourceLogs[0].ScopeLogs[0].LogRecords[0].Body;

    private static KeyValue Text(string key, string value) => new() { Key = key, Value = new AnyValue { StringValue = value } };

    private static KeyValue Number(string key, long value) => new() { Key = key, Value = new AnyValue { IntValue = value } };

    private static AnyValue Array(params string[] texts) =>
        new() { ArrayValue = new ArrayValue { Values = { texts.Select(text => new AnyValue { StringValue = text }) } } };

    private static AnyValue Map(params KeyValue[] pairs) => new() { KvlistValue = new KeyValueList { Values = { pairs } } };
}
