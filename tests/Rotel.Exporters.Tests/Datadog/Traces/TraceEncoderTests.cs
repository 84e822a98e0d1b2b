using Google.Protobuf;
using OpenTelemetry.Proto.Collector.Trace.V1;
using OpenTelemetry.Proto.Common.V1;
using OpenTelemetry.Proto.Resource.V1;
using Rotel.Datadog.TestKit.Traces;
using Rotel.Exporters.Datadog.Stats;
using Rotel.TestKit;
using Rotel.TestKit.Telemetry;
using Kind = OpenTelemetry.Proto.Trace.V1.Span.Types.SpanKind;
using OtlpSpan = OpenTelemetry.Proto.Trace.V1.Span;

namespace Rotel.Exporters.Tests.Datadog.Traces;

/// <summary>What payloads, tracers and chunks a batch becomes, and that nothing of it is lost or doubled.</summary>
public sealed class TraceEncoderTests
{
    [Fact]
    public void Payload_OfOneResource_SaysWhatItIs()
    {
        var resource = new Resource
        {
            Attributes =
            {
                TraceTrial.Attributes(
                    "service.name=a|service.version=1.2|deployment.environment.name=prod|host.name=h1|container.id=c1|telemetry.sdk.language=dotnet|telemetry.sdk.version=1.20"),
            },
        };
        using var trial = new TraceTrial();

        var payload = Assert.Single(trial.Send(TraceTrial.Request(resource, null, TraceTrial.Span())));

        Assert.Equal(("this-machine", "none"), (payload.HostName, payload.Env));
        Assert.Equal((10, 10), (payload.TargetTps, payload.ErrorTps));
        Assert.StartsWith("Rotel-dotnet/", payload.AgentVersion, StringComparison.Ordinal);
        var tracer = Assert.Single(payload.TracerPayloads);
        Assert.Equal(("c1", "dotnet", "otlp-1.20"), (tracer.ContainerId, tracer.LanguageName, tracer.TracerVersion));
        Assert.Equal(("prod", "h1", "1.2"), (tracer.Env, tracer.Hostname, tracer.AppVersion));
        Assert.Equal("container_id:c1", tracer.Tags["_dd.tags.container"]);
        Assert.Equal("1.00", Assert.Single(tracer.Chunks).Tags["_dd.otlp_sr"]);
    }

    [Fact]
    public void Batch_OfSeveralPayloads_IsGroupedByResourceAndTrace()
    {
        var (a, b) = (Named("a"), Named("b"));
        using var trial = new TraceTrial();

        var payload = Assert.Single(trial.Send(
            TraceTrial.Request(a, null, Span(1, 1), Span(2, 2)),
            TraceTrial.Request(b, null, Span(1, 3)),
            TraceTrial.Request(a, null, Span(2, 4), Span(1, 5))));

        Assert.Equal(
            ["a: 1,5", "a: 2,4", "b: 3"],
            from tracer in payload.TracerPayloads
            from chunk in tracer.Chunks
            select $"{chunk.Spans[0].Service}: {string.Join(',', chunk.Spans.Select(span => span.SpanId))}");
        Assert.Equal(2, payload.TracerPayloads.Count);
    }

    [Fact]
    public void TracesWithTheSameLowerHalf_AreChunksOfTheirOwn()
    {
        var (first, second) = (Span(1, 1), Span(1, 2));
        second.TraceId = ByteString.CopyFrom([0xCD, .. first.TraceId.ToByteArray()[1..]]);
        using var trial = new TraceTrial();

        Assert.Equal(2, trial.Send(TraceTrial.Request(null, null, first, second)).Single().TracerPayloads.Single().Chunks.Count);
    }

    [Fact]
    public void Payloads_AreClosedBetweenChunksAtTheLimit()
    {
        using var trial = new TraceTrial(maxPayloadBytes: 20_000);
        var spans = Enumerable.Range(1, 100).Select(i => Span((ulong)i / 2, (ulong)i, 300)).ToList();

        var payloads = trial.Send(TraceTrial.Request(Named("a"), null, spans.Skip(1)));

        Assert.InRange(payloads.Count, 3, 10);
        var chunks = payloads.SelectMany(payload => payload.TracerPayloads).SelectMany(tracer => tracer.Chunks).ToList();
        Assert.Equal(50, chunks.Count);
        Assert.Equal(Enumerable.Range(2, 99).Select(i => (ulong)i), chunks.SelectMany(chunk => chunk.Spans).Select(span => span.SpanId));
        Assert.All(payloads, payload => Assert.Equal("this-machine", payload.HostName));
    }

    [Fact]
    public void Chunk_ThatAloneIsTooLarge_IsSplitBetweenSpans()
    {
        using var trial = new TraceTrial(maxPayloadBytes: 20_000);

        var payloads = trial.Send(TraceTrial.Request(Named("a"), null, Enumerable.Range(1, 100).Select(i => Span(1, (ulong)i, 500))));

        Assert.InRange(payloads.Count, 4, 20);
        var chunks = payloads.SelectMany(payload => payload.TracerPayloads).SelectMany(tracer => tracer.Chunks).ToList();
        Assert.Equal(Enumerable.Range(1, 100).Select(i => (ulong)i), chunks.SelectMany(chunk => chunk.Spans).Select(span => span.SpanId));
        Assert.All(chunks, chunk => Assert.Equal("-9", chunk.Tags["_dd.p.dm"]));
    }

    /// <summary>Otherwise the first parts of a trace that a user wants to keep would be dropped, or the other way round.</summary>
    [Fact]
    public void Chunk_ThatIsSplit_HasTheDecisionOfItsLastSpanInEveryPart()
    {
        using var trial = new TraceTrial(maxPayloadBytes: 20_000);
        var spans = Enumerable.Range(1, 100).Select(i => Span(1, (ulong)i, 500)).ToList();
        spans[50].Attributes.Add(TraceTrial.Attribute("sampling.priority", 0));
        spans[99].Attributes.Add(TraceTrial.Attribute("sampling.priority", 2));
        spans[99].Attributes.Add(TraceTrial.Attribute("_dd.origin", "rum"));

        var payloads = trial.Send(TraceTrial.Request(Named("a"), null, spans.Append(Span(2, 1))));

        var chunks = payloads.SelectMany(payload => payload.TracerPayloads).SelectMany(tracer => tracer.Chunks).ToList();
        Assert.True(chunks.Count > 3);
        Assert.All(chunks[..^1], chunk => Assert.Equal((2, "rum", "-4"), (chunk.Priority, chunk.Origin, chunk.Tags["_dd.p.dm"])));
        Assert.Equal((1, string.Empty, "-9"), (chunks[^1].Priority, chunks[^1].Origin, chunks[^1].Tags["_dd.p.dm"]));
    }

    [Fact]
    public void Span_ThatAloneIsTooLarge_IsOversized()
    {
        var large = Span(1, 2);
        for (var i = 0; i < 10; i++)
            large.Attributes.Add(TraceTrial.Attribute($"k{i}", new string('x', 9_000)));
        using var trial = new TraceTrial(maxPayloadBytes: 20_000);

        var payloads = trial.Send(TraceTrial.Request(Named("a"), null, Span(1, 1), large, Span(1, 3), Span(2, 4)));

        Assert.Equal(1, trial.Sink.OversizedItems);
        var tracers = payloads.SelectMany(payload => payload.TracerPayloads);
        Assert.Equal([1, 3, 4], tracers.SelectMany(tracer => tracer.Chunks).SelectMany(chunk => chunk.Spans).Select(span => span.SpanId));
    }

    [Fact]
    public void Span_WithoutIds_IsRejected()
    {
        var (withoutTrace, withoutId) = (Span(1, 1), Span(1, 1));
        withoutTrace.TraceId = ByteString.Empty;
        withoutId.SpanId = TraceTrial.Id(8, 0);
        using var trial = new TraceTrial();

        Assert.Empty(trial.Send(TraceTrial.Request(null, null, withoutTrace, withoutId)));
        Assert.Equal(2, trial.Sink.RejectedItems);
    }

    [Fact]
    public void HugeResource_OfManySpans_IsBounded()
    {
        const int budget = 16 * 1024 * 1024;
        var resource = Named("a");
        for (var i = 0; i < 20; i++)
            resource.Attributes.Add(TraceTrial.Attribute($"k{i}", new string('x', 20_000)));
        using var trial = new TraceTrial(budget: budget);

        var payloads = trial.Send(TraceTrial.Request(resource, null, Enumerable.Range(1, 200).Select(i => Span((ulong)i, (ulong)i))));

        Assert.InRange(payloads.Sum(payload => (long)payload.CalculateSize()), budget / 2, budget + 1_000_000);
        Assert.Equal(200, trial.Sink.RejectedItems + payloads.Sum(Count));
    }

    [Fact]
    public void Encoder_OfSeveralBatches_ForgetsTheOneBefore()
    {
        using var trial = new TraceTrial();
        trial.Send(TraceTrial.Request(Named("a"), new InstrumentationScope { Name = "x" }, Span(1, 1)));

        var payload = Assert.Single(trial.Send(TraceTrial.Request(Named("b"), new InstrumentationScope { Name = "y" }, Span(1, 2))));

        var span = Assert.Single(Assert.Single(Assert.Single(payload.TracerPayloads).Chunks).Spans);
        Assert.Equal(("b", "y", 2u), (span.Service, span.Meta["otel.scope.name"], span.SpanId));
    }

    [Fact]
    public void AnyBody_InAnyShape_SendsEverySpanOnce()
    {
        var first = FreshSeed.Value;
        for (var seed = first; seed < first + 60; seed++)
        {
            var random = new Random(seed);
            var request = new TelemetryGenerator(seed, new TelemetrySize { Items = 12 }).Traces();
            foreach (var span in Spans(request))
            {
                if (random.Next(4) != 0)
                    (span.TraceId, span.SpanId) = (TraceTrial.Id(16, (ulong)random.Next(1, 6)), TraceTrial.Id(8, (ulong)random.NextInt64()));
            }

            var plain = Send(seed, request.ToByteArray());
            Assert.Equal(plain, Send(seed, new WireReshaper(seed).Reshape(request.ToByteArray(), ExportTraceServiceRequest.Descriptor).Bytes));
            var expected = Spans(request).Where(IsLegal).Select(span => $"{Number(span.TraceId):x}/{Number(span.SpanId):x}").Order();
            Assert.Equal(expected, plain.Select(span => span.Split(' ')[0]));
        }
    }

    [Fact]
    public void Statistics_AreToldOfEverySpanThatCounts()
    {
        var sink = new Recorder();
        using var trial = new TraceTrial(statistics: sink);
        var client = TraceTrial.Span(Kind.Client, TraceTrial.Attributes("http.method=GET|http.status_code=#500|server.address=s.example|peer.service=p|rpc.grpc.status_code=NOT_FOUND"));
        var server = TraceTrial.Span(Kind.Server, TraceTrial.Attributes("http.request.method=GET|http.route=/a|_dd.origin=synthetics-browser"));
        server.ParentSpanId = ByteString.Empty;

        trial.Send(TraceTrial.Request(Named("a"), null, client, server, TraceTrial.Span()));

        Assert.Equal(
            [
                "a http.client.request GET http client 500 GET  5 http.server_name:s.example,peer.service:p top=False measured=True root=False synthetic=False 5000",
                "a http.server.request GET /a web server 0 GET /a   top=True measured=True root=True synthetic=True 5000",
            ],
            sink.Told);
    }

    [Theory]
    [InlineData("db.example.com", "db.example.com")]
    [InlineData("10.1.2.3", "blocked-ip-address")]
    [InlineData("10.1.2.3:5432", "blocked-ip-address:5432")]
    [InlineData("10.1.2.3:9092,10.1.2.4:9092,kafka-3:9092", "blocked-ip-address:9092,kafka-3:9092")]
    [InlineData("2001:db8::7", "blocked-ip-address")]
    [InlineData("[2001:db8::7]:443", "blocked-ip-address:443")]
    [InlineData("ip-10-1-2-3.ec2.internal", "ip-blocked-ip-address.ec2.internal")]
    [InlineData("https://10.1.2.3", "https://blocked-ip-address")]
    [InlineData("127.0.0.1", "127.0.0.1")]
    [InlineData("169.254.169.254", "169.254.169.254")]
    [InlineData("10.1.2", "10.1.2")]
    [InlineData("10.1.2.300", "10.1.2.300")]
    [InlineData("cafe:bar", "cafe:bar")]
    [InlineData(",", "")]
    [InlineData("first|net.peer.name=second", "first")]
    public void PeerAddress_InStatistics_IsNoAddress(string address, string told)
    {
        var sink = new Recorder();
        using var trial = new TraceTrial(statistics: sink);

        var payload = Assert.Single(trial.Send(TraceTrial.Request(null, null, TraceTrial.Span(Kind.Client, TraceTrial.Attributes($"net.peer.name={address}")))));

        Assert.Contains($" net.peer.name:{told} top=", Assert.Single(sink.Told), StringComparison.Ordinal);
        Assert.Equal(address.Split('|')[0], payload.TracerPayloads[0].Chunks[0].Spans[0].Meta["net.peer.name"]);
    }

    [Theory]
    [InlineData("", "", 1)]
    [InlineData("ot=th:8", "", 2)]
    [InlineData("ot=th:fd70a4", "", 100)]
    [InlineData("ot=p:3", "", 8)]
    [InlineData("ot=p:3", "_sample_rate=#1", 1)]
    [InlineData("ot=th:ffffffffffffff", "", 7.2057594037927936E+16)]
    [InlineData("ot=p:62", "", 7.2057594037927936E+16)]
    [InlineData("", "_sample_rate=#0", 1)]
    [InlineData("", "_sample_rate=#5", 1)]
    public void Span_ThatWasSampled_CountsForThoseThatWereNotKept(string traceState, string attributes, double weight)
    {
        var sink = new Recorder();
        using var trial = new TraceTrial(statistics: sink);
        var span = TraceTrial.Span(Kind.Server, TraceTrial.Attributes(attributes));
        span.TraceState = traceState;

        trial.Send(TraceTrial.Request(null, null, span));

        Assert.Equal(weight, Assert.Single(sink.Weights), 0.001 * weight);
    }

    private static List<string> Send(int seed, byte[] body)
    {
        using var trial = new TraceTrial(maxPayloadBytes: 60_000);
        var payloads = trial.Send([body]);
        Assert.Equal(0, trial.Sink.OversizedItems);
        return
        [
            .. payloads.SelectMany(payload => payload.TracerPayloads).SelectMany(tracer => tracer.Chunks).SelectMany(chunk => chunk.Spans)
                .Select(span => $"{Convert.ToUInt64(span.Meta.GetValueOrDefault("_dd.p.tid", "0"), 16):x}{span.TraceId:x16}".TrimStart('0')
                    + $"/{span.SpanId:x} {span.Duration} {span.Name} {span.Resource} {span.Type} {span.Service} "
                    + string.Join(';', span.Meta.OrderBy(tag => tag.Key, StringComparer.Ordinal).Where(tag => tag.Key != "_dd.p.dm")))
                .Order(StringComparer.Ordinal),
        ];
    }

    private static IEnumerable<OtlpSpan> Spans(ExportTraceServiceRequest request) =>
        request.ResourceSpans.SelectMany(resource => resource.ScopeSpans).SelectMany(scope => scope.Spans);

    private static bool IsLegal(OtlpSpan span) => (ulong)Number(span.TraceId) != 0 && (ulong)Number(span.SpanId) != 0;

    private static UInt128 Number(ByteString id) => id.Aggregate(UInt128.Zero, (number, digit) => (number << 8) | digit);

    private static Resource Named(string service) => new() { Attributes = { TraceTrial.Attribute("service.name", service) } };

    private static OtlpSpan Span(ulong trace, ulong id, int padding = 0)
    {
        var span = TraceTrial.Span(Kind.Internal, TraceTrial.Attribute("padding", new string('p', padding)));
        (span.TraceId, span.SpanId) = (TraceTrial.Id(16, trace), TraceTrial.Id(8, id));
        return span;
    }

    private static int Count(AgentPayload payload) => payload.TracerPayloads.SelectMany(tracer => tracer.Chunks).Sum(chunk => chunk.Spans.Count);

    private sealed class Recorder : IStatisticsSink
    {
        public List<string> Told { get; } = [];

        public List<double> Weights { get; } = [];

        public void Add(in SpanStatistics span)
        {
            Weights.Add(span.Weight);
            Told.Add(Line(span));
        }

        private static string Line(in SpanStatistics span) =>
            $"{Text(span.Service)} {Text(span.Name)} {Text(span.Resource)} {Text(span.Type)} {Text(span.Kind)} {span.HttpStatusCode} "
            + $"{Text(span.HttpMethod)} {Text(span.HttpEndpoint)} {Text(span.GrpcStatusCode)} {Peers(span.PeerTags)} top={span.IsTopLevel} "
            + $"measured={span.IsMeasured} root={span.IsTraceRoot} synthetic={span.IsSynthetic} {span.DurationNano}";

        private static string Text(ReadOnlySpan<byte> utf8) => System.Text.Encoding.UTF8.GetString(utf8);

        private static string Peers(ReadOnlySpan<byte> tags)
        {
            List<string> peers = [];
            for (var at = 0; at < tags.Length; at += tags[at] + 1)
                peers.Add(Text(tags.Slice(at + 1, tags[at])));
            return string.Join(',', peers);
        }
    }
}
