using Google.Protobuf;
using OpenTelemetry.Proto.Collector.Trace.V1;
using OpenTelemetry.Proto.Trace.V1;
using Rotel.Otlp;

namespace Rotel.Processors.Sampling;

public sealed class SpanSamplerTests
{
    /// <summary>Its last 56 bits are 9b8233f7e3a151, so it is kept at a threshold up to that: from 39.3 % on.</summary>
    private const string TraceId = "0123456789abcdef019b8233f7e3a151";

    [Theory]
    [InlineData("", "ot=th:8")]
    [InlineData("ot=th:0", "ot=th:8")]
    [InlineData("ot=rv:9b8233f7e3a151", "ot=th:8;rv:9b8233f7e3a151")]
    [InlineData("ot=th:0;rv:9B8233F7E3A151", "ot=th:8;rv:9B8233F7E3A151")]
    [InlineData("ot=p:8;th:0;r:62", "ot=th:8;p:8;r:62")]
    [InlineData("a=1,b=2", "ot=th:8,a=1,b=2")]
    [InlineData("a=1, ot=th:0 ,\tb=2", "ot=th:8,a=1,b=2")]
    [InlineData("x@ot=1,notot=2,ot@x=3", "ot=th:8,x@ot=1,notot=2,ot@x=3")]
    public void TraceState_OfAKeptSpan_SaysTheThresholdInItsFirstMember(string before, string after) =>
        Assert.Equal(after, Sampled(before, 50)!.TraceState);

    [Theory]
    [InlineData("ot=th:8", "ot=th:8")]
    [InlineData("ot=th:80", "ot=th:80")]
    [InlineData("a=1,ot=th:8", "a=1,ot=th:8")]
    [InlineData("ot=th:9", "ot=th:9")]
    [InlineData("ot=th:9b8233f7e3a151", "ot=th:9b8233f7e3a151")]
    public void TraceState_WithAThresholdAsHighAlready_StaysAsItIs(string before, string after) =>
        Assert.Equal(after, Sampled(before, 50, SamplingMode.Equalizing)!.TraceState);

    [Theory]
    [InlineData("ot=th:c;rv:ffffffffffffff", "ot=th:e;rv:ffffffffffffff")]
    [InlineData("ot=th:8;rv:bfffffffffffff", null)]
    [InlineData("ot=th:8;rv:c0000000000000", "ot=th:c;rv:c0000000000000")]
    [InlineData("ot=th:ffffffffffffff;rv:ffffffffffffff", null)]
    public void TraceState_WithAThreshold_IsRaisedInProportionOrTheSpanIsDropped(string before, string? after) =>
        Assert.Equal(after, Sampled(before, 50)?.TraceState);

    [Theory]
    [InlineData("ot=th:a", "")]
    [InlineData("ot=th:a;k:1,v=1", "ot=k:1,v=1")]
    [InlineData("ot=th:8;rv:80000000000000;x:y", "ot=th:8;rv:80000000000000;x:y")]
    [InlineData("ot=th:81;rv:80000000000000;x:y", "ot=rv:80000000000000;x:y")]
    [InlineData("ot=th:", "")]
    [InlineData("ot=th:xyz,v=1", "v=1")]
    [InlineData("ot=th:0;th:0,v=1", "v=1")]
    [InlineData("ot=th:123456789abcdef", "")]
    public void TraceState_WithAThresholdThatCannotBe_LosesIt(string before, string after) =>
        Assert.Equal(after, Sampled(before, 50, SamplingMode.Equalizing)!.TraceState);

    [Theory]
    [InlineData("ot=rv:ff", "ot=th:8")]
    [InlineData("ot=rv:", "ot=th:8")]
    [InlineData("ot=rv:0000000000000g;k:v", "ot=th:8;k:v")]
    [InlineData("ot=rv:00000000000000;rv:00000000000000", "ot=th:8")]
    [InlineData("ot", "ot=th:8,ot")]
    [InlineData("ot=", "ot=th:8")]
    [InlineData("ot=;;,,", "ot=th:8")]
    [InlineData("=,,;ot=th", "ot=th:8,=,;ot=th")]
    [InlineData("ot=th,junk \u0000", "ot=th:8;th,junk \u0000")]
    [InlineData("ot=th:0,ot=th:f,a=1", "ot=th:8,a=1")]
    [InlineData(" , \t", "ot=th:8")]
    [InlineData("größer=1", "ot=th:8,größer=1")]
    public void TraceState_ThatIsMalformed_KeepsWhatIsNotOfSampling(string before, string after) =>
        Assert.Equal(after, Sampled(before, 50)!.TraceState);

    [Fact]
    public void TraceState_OfManyMembers_LosesTheLastForItsOwn()
    {
        var members = Enumerable.Range(0, 32).Select(i => $"k{i}=v").ToList();

        Assert.Equal(["ot=th:8", .. members[..31]], Sampled(string.Join(',', members), 50)!.TraceState.Split(','));
        members[7] = "ot=th:0";
        members.Add("one=more");
        Assert.Equal(33, Sampled(string.Join(',', members), 50)!.TraceState.Split(',').Length);
    }

    [Fact]
    public void TraceState_ThatGrowsTooLong_LosesLongMembersFirstThenTheLast()
    {
        string Member(string key, int length) => $"{key}={new string('x', length - key.Length - 1)}";
        var long1 = Member("l1", 130);
        var long2 = Member("l2", 140);
        var modest = Member("m", 120);
        var last = Member("z", 118);

        Assert.Equal(511, $"{long1},{modest},{long2},{last}".Length);
        Assert.Equal($"ot=th:8,{long1},{modest},{last}", Sampled($"{long1},{modest},{long2},{last}", 50)!.TraceState);

        var all = string.Join(',', Enumerable.Range(0, 5).Select(i => Member($"m{i}", 101)));
        Assert.Equal($"ot=th:8,{all[..^102]}", Sampled(all, 50)!.TraceState);

        // What came longer, and does not grow, is not cut.
        var longer = $"ot=th:0,{string.Join(',', Enumerable.Range(0, 10).Select(i => Member($"m{i}", 120)))}";
        Assert.Equal(longer.Replace("th:0", "th:8", StringComparison.Ordinal), Sampled(longer, 50)!.TraceState);
    }

    [Fact]
    public void TraceState_WithoutRoomInItsMember_GetsNoThreshold()
    {
        var full = $"k:{new string('v', 254)}";

        Assert.Equal($"ot={full}", Sampled($"ot={full}", 50)!.TraceState);
        Assert.Equal($"ot={full}", Sampled($"ot=th:0;{full}", 50)!.TraceState);
        Assert.Equal($"ot=th:8;{full[..^5]}", Sampled($"ot={full[..^5]}", 50)!.TraceState);
    }

    [Fact]
    public void TraceState_GivenTwice_IsTheLast()
    {
        byte[] twice = [.. new Span { TraceState = "ot=th:f" }.ToByteArray(), .. Span("ot=th:0,a=1").ToByteArray()];
        byte[] scope = [0x12, (byte)twice.Length, .. twice];
        byte[] resource = [0x12, (byte)scope.Length, .. scope];

        var left = new SamplerRun(OtlpSignal.Traces, new ProbabilisticSamplerOptions { Percentage = 50 })
            .Process([0x0A, (byte)resource.Length, .. resource]);

        Assert.Equal("ot=th:8,a=1", ExportTraceServiceRequest.Parser.ParseFrom(left).ResourceSpans[0].ScopeSpans[0].Spans[0].TraceState);
    }

    [Theory]
    [InlineData("", true, false)]
    [InlineData("", false, true)]
    [InlineData("00000000000000000000000000000000", true, false)]
    [InlineData("00000000000000000000000000000000", false, true)]
    [InlineData("0123456789abcdef", true, false)]
    public void Span_WithoutAValidTraceId_IsKeptWhenOpenAndAsItCame(string traceId, bool failClosed, bool isKept)
    {
        var span = Span("a=1");
        span.TraceId = ByteString.CopyFrom(Convert.FromHexString(traceId));
        var options = new ProbabilisticSamplerOptions { Percentage = 50, FailClosed = failClosed };

        var left = new SamplerRun(OtlpSignal.Traces, options).Process(Request(span));

        Assert.Equal(isKept ? Request(span) : new ExportTraceServiceRequest(), left);

        span.TraceState = "ot=rv:ffffffffffffff";
        left = new SamplerRun(OtlpSignal.Traces, options).Process(Request(span));
        Assert.Equal("ot=th:8;rv:ffffffffffffff", left.ResourceSpans[0].ScopeSpans[0].Spans[0].TraceState);
    }

    [Fact]
    public void Percentage_OfNothing_KeepsNothingAndOfAll_HasNothingToDo()
    {
        var none = new SamplerRun(OtlpSignal.Traces, new ProbabilisticSamplerOptions { Percentage = 0, FailClosed = false });

        Assert.Null(none.Process(Request(Span(""), new Span()).ToByteArray()));
        Assert.Equal(2, none.Dropped);
        Assert.True(new SamplerRun(OtlpSignal.Traces, new ProbabilisticSamplerOptions()).HasNothingToDo);
        Assert.True(new SamplerRun(OtlpSignal.Logs, new ProbabilisticSamplerOptions()).HasNothingToDo);
    }

    [Fact]
    public void Body_OfWhichNothingIsDroppedOrChanged_GoesOnAsItCame()
    {
        var body = Request(Span("ot=th:9"), Span("a=1,ot=th:9")).ToByteArray();
        var options = new ProbabilisticSamplerOptions { Percentage = 50, Mode = SamplingMode.Equalizing };

        Assert.Same(body, new SamplerRun(OtlpSignal.Traces, options).Process(body));
    }

    private static Span? Sampled(string traceState, double percentage, SamplingMode mode = SamplingMode.Proportional)
    {
        var options = new ProbabilisticSamplerOptions { Percentage = percentage, Mode = mode };
        var left = new SamplerRun(OtlpSignal.Traces, options).Process(Request(Span(traceState)));
        var span = left.ResourceSpans.SingleOrDefault()?.ScopeSpans.Single().Spans.Single();
        if (span is not null)
            Assert.Equal(Span(span.TraceState), span);
        return span;
    }

    private static Span Span(string traceState) => new()
    {
        TraceId = ByteString.CopyFrom(Convert.FromHexString(TraceId)),
        SpanId = ByteString.CopyFrom(1, 2, 3, 4, 5, 6, 7, 8),
        TraceState = traceState,
        Name = "GET /",
        Flags = 0x103,
    };

    private static ExportTraceServiceRequest Request(params Span[] spans) =>
        new() { ResourceSpans = { new ResourceSpans { ScopeSpans = { new ScopeSpans { Spans = { spans } } } } } };
}
