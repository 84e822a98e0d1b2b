using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using OpenTelemetry.Proto.Common.V1;
using OpenTelemetry.Proto.Resource.V1;
using OpenTelemetry.Proto.Trace.V1;
using Rotel.Exporters.Datadog;
using Kind = OpenTelemetry.Proto.Trace.V1.Span.Types.SpanKind;
using OtlpSpan = OpenTelemetry.Proto.Trace.V1.Span;

namespace Rotel.Exporters.Tests.Datadog.Traces;

/// <summary>Meta and metrics of spans, row by row.</summary>
public sealed class SpanTagsTests
{
    [Theory]
    [InlineData("client.address=1.2.3.4", "http.client_ip", "1.2.3.4")]
    [InlineData("http.request.method=GET", "http.method", "GET")]
    [InlineData("http.method=GET", "http.method", "GET")]
    [InlineData("http.request.header.referrer=r", "http.referrer", "r")]
    [InlineData("http.request.header.x-id=7a", "http.request.headers.x-id", "7a")]
    [InlineData("network.protocol.version=2", "http.version", "2")]
    [InlineData("server.address=a.example", "http.server_name", "a.example")]
    [InlineData("url.full=https://a.example/b", "http.url", "https://a.example/b")]
    [InlineData("user_agent.original=curl", "http.useragent", "curl")]
    [InlineData("http.status_code=404", "http.status_code", "404")]
    [InlineData("db.namespace=shop", "db.name", "shop")]
    [InlineData("deployment.environment.name=Prod", "env", "prod")]
    [InlineData("deployment.environment=Prod", "env", "prod")]
    [InlineData("service.version=1.2", "version", "1.2")]
    [InlineData("env=PROD", "env", "prod")]
    [InlineData("peer.service=My DB", "peer.service", "my_db")]
    [InlineData("_dd.base_service=My API", "_dd.base_service", "my_api")]
    [InlineData("rpc.grpc.status_code=#5", "rpc.grpc.status_code", "5")]
    [InlineData("grpc.code=NOT_FOUND", "rpc.grpc.status_code", "NOT_FOUND")]
    [InlineData("rpc.system.name=grpc|rpc.response.status_code=OK", "rpc.grpc.status_code", "OK")]
    [InlineData("some.key=first|some.key=second", "some.key", "first")]
    public void Attribute_OfText_IsMeta(string attributes, string key, string value) =>
        Assert.Equal(value, TraceTrial.Send(TraceTrial.Span(Kind.Client, TraceTrial.Attributes(attributes))).Meta[key]);

    [Theory]
    [InlineData("http.response.status_code=#404", "http.status_code", 404)]
    [InlineData("http.status_code=#404", "http.status_code", 404)]
    [InlineData("http.response.status_code=404", "http.status_code", 404)]
    [InlineData("http.response.body.size=#10", "http.response.content_length", 10)]
    [InlineData("http.request.body.size=#10", "http.request.content_length", 10)]
    [InlineData("sampling.priority=#2", "_sampling_priority_v1", 2)]
    [InlineData("analytics.event=TRUE", "_dd1.sr.eausr", 1)]
    [InlineData("analytics.event=0", "_dd1.sr.eausr", 0)]
    [InlineData("_dd.measured=#1", "_dd.measured", 1)]
    [InlineData("thread.id=#7", "thread.id", 7)]
    public void Attribute_OfNumber_IsMetric(string attributes, string key, double value) =>
        Assert.Equal(value, TraceTrial.Send(TraceTrial.Span(Kind.Internal, TraceTrial.Attributes(attributes))).Metrics[key]);

    [Fact]
    public void Attribute_OfAnotherKind_IsText()
    {
        var list = new AnyValue { ArrayValue = new ArrayValue { Values = { new AnyValue { IntValue = 1 }, new AnyValue { StringValue = "a\"" } } } };
        var map = new AnyValue { KvlistValue = new KeyValueList { Values = { TraceTrial.Attribute("k", 1) } } };
        var span = TraceTrial.Send(TraceTrial.Span(
            Kind.Internal,
            TraceTrial.Attribute("list", list),
            TraceTrial.Attribute("map", map),
            TraceTrial.Attribute("bool", new AnyValue { BoolValue = true }),
            TraceTrial.Attribute("bytes", new AnyValue { BytesValue = TraceTrial.Id(8, 1) }),
            TraceTrial.Attribute("double", new AnyValue { DoubleValue = 1.5 })));

        Assert.Equal("[1,\"a\\\"\"]", span.Meta["list"]);
        Assert.Equal("{\"k\":1}", span.Meta["map"]);
        Assert.Equal("true", span.Meta["bool"]);
        Assert.Equal("AAAAAAAAAAE=", span.Meta["bytes"]);
        Assert.Equal(1.5, span.Metrics["double"]);
    }

    [Theory]
    [InlineData("service.name")]
    [InlineData("operation.name")]
    [InlineData("resource.name")]
    [InlineData("span.type")]
    public void Attribute_ThatNamesTheSpan_IsNoTag(string key) =>
        Assert.False(TraceTrial.Send(TraceTrial.Span(Kind.Internal, TraceTrial.Attribute(key, "x"))).Meta.ContainsKey(key));

    [Fact]
    public void StatusCode_ThatIsNone_IsLeftOut() =>
        Assert.False(TraceTrial.Send(TraceTrial.Span(Kind.Internal, TraceTrial.Attribute("http.status_code", "9999"))).Meta.ContainsKey("http.status_code"));

    [Theory]
    [InlineData(Kind.Server, false, true, false)]
    [InlineData(Kind.Consumer, false, true, false)]
    [InlineData(Kind.Client, false, false, true)]
    [InlineData(Kind.Producer, false, false, true)]
    [InlineData(Kind.Internal, false, false, false)]
    [InlineData(Kind.Internal, true, true, false)]
    public void Span_ByKindAndParent_IsTopLevelOrMeasured(Kind kind, bool isRoot, bool isTopLevel, bool isMeasured)
    {
        var span = TraceTrial.Span(kind);
        if (isRoot)
            span.ParentSpanId = Google.Protobuf.ByteString.Empty;

        var sent = TraceTrial.Send(span);

        Assert.Equal((isTopLevel, isMeasured), (sent.Metrics.ContainsKey("_top_level"), sent.Metrics.ContainsKey("_dd.measured")));
        Assert.Equal(isRoot ? 0u : 3u, sent.ParentId);
        Assert.Equal($"{kind}".ToLowerInvariant(), sent.Meta["span.kind"]);
    }

    [Fact]
    public void Ids_OfASpan_ArriveWhole()
    {
        var sent = TraceTrial.Send(TraceTrial.Span());

        Assert.Equal((1u, 2u, 3u), (sent.TraceId, sent.SpanId, sent.ParentId));
        Assert.Equal("ab000000000000000000000000000001", sent.Meta["otel.trace_id"]);
        Assert.Equal("ab00000000000000", sent.Meta["_dd.p.tid"]);
    }

    [Fact]
    public void TagsOfTheResource_AreInEverySpan_UnlessItHasThemItself()
    {
        var resource = new Resource
        {
            Attributes =
            {
                TraceTrial.Attributes("service.name=a|service.version=V1|deployment.environment.name=Prod|both=resource|number=#3|datadog.container.tag.x=y"),
            },
        };
        var scope = new InstrumentationScope { Name = "lib", Version = "2", Attributes = { TraceTrial.Attributes("both=scope|scoped=s|number=#4") } };

        var plain = TraceTrial.Send(TraceTrial.Span(), resource, scope).Meta;
        var own = TraceTrial.Send(TraceTrial.Span(Kind.Internal, TraceTrial.Attributes("both=span|env=Own")), resource, scope).Meta;

        Assert.Equal(
            ("v1", "prod", "scope", "4", "s"), (plain["version"], plain["env"], plain["both"], plain["number"], plain["scoped"]));
        Assert.Equal(("lib", "2", "lib", "2"), (plain["otel.scope.name"], plain["otel.scope.version"], plain["otel.library.name"], plain["otel.library.version"]));
        Assert.False(plain.ContainsKey("datadog.container.tag.x"));
        Assert.Equal(("span", "own", "v1"), (own["both"], own["env"], own["version"]));
    }

    [Fact]
    public void Error_OfAnException_HasItsMessageTypeAndStack()
    {
        var span = TraceTrial.Span(Kind.Server, TraceTrial.Attribute("error.type", "500"));
        span.Status = new Status { Code = Status.Types.StatusCode.Error, Message = "failed" };
        span.Events.Add(new OtlpSpan.Types.Event
        {
            Name = "exception",
            Attributes = { TraceTrial.Attributes("exception.message=boom|exception.type=E|exception.stacktrace=at x") },
        });

        var sent = TraceTrial.Send(span);

        Assert.Equal(1, sent.Error);
        Assert.Equal(("boom", "E", "at x"), (sent.Meta["error.msg"], sent.Meta["error.type"], sent.Meta["error.stack"]));
        Assert.Equal(("true", "Error", "failed"), (sent.Meta["_dd.span_events.has_exception"], sent.Meta["otel.status_code"], sent.Meta["otel.status_description"]));
    }

    [Theory]
    [InlineData("failed", "", "failed")]
    [InlineData("", "http.response.status_code=#503", "503 Service Unavailable")]
    [InlineData("failed", "error.msg=own", "own")]
    public void Error_WithoutAnException_IsWhatTheStatusSays(string message, string attributes, string expected)
    {
        var span = TraceTrial.Span(Kind.Server, TraceTrial.Attributes(attributes));
        span.Status = new Status { Code = Status.Types.StatusCode.Error, Message = message };

        Assert.Equal(expected, TraceTrial.Send(span).Meta["error.msg"]);
    }

    [Fact]
    public void EventsAndLinks_AreJson()
    {
        var span = TraceTrial.Span();
        span.Events.Add(new OtlpSpan.Types.Event
        {
            TimeUnixNano = 7,
            Name = "a\"b",
            Attributes = { TraceTrial.Attributes("k=v|n=#3") },
            DroppedAttributesCount = 2,
        });
        span.Links.Add(new OtlpSpan.Types.Link
        {
            TraceId = TraceTrial.Id(16, 9),
            SpanId = TraceTrial.Id(8, 8),
            TraceState = "a=b",
            Attributes = { TraceTrial.Attributes("n=#3") },
        });

        var sent = TraceTrial.Send(span);

        Assert.Equal(
            """[{"time_unix_nano":7,"name":"a\"b","attributes":{"k":"v","n":3},"dropped_attributes_count":2}]""", sent.Meta["events"]);
        Assert.Equal(
            """[{"trace_id":"ab000000000000000000000000000009","span_id":"0000000000000008","tracestate":"a=b","attributes":{"n":"3"}}]""",
            sent.Meta["_dd.span_links"]);
    }

    [Fact]
    public void Events_ThatAreTooLong_StayJson()
    {
        var span = TraceTrial.Span();
        for (var i = 0; i < 100; i++)
            span.Events.Add(new OtlpSpan.Types.Event { Name = $"e{i}", Attributes = { TraceTrial.Attribute("k", new string('x', 900)) } });

        var json = TraceTrial.Send(span).Meta["events"];

        Assert.InRange(json.Length, 20_000, 25_000);
        Assert.InRange(JsonElement.Parse(json).GetArrayLength(), 20, 100);
    }

    [Fact]
    public void Tags_ThatAreTooLong_AreCut()
    {
        var sent = TraceTrial.Send(TraceTrial.Span(Kind.Internal, TraceTrial.Attribute(new string('k', 300), new string('v', 30_000))));

        Assert.Equal(new string('v', 25_000) + "...", sent.Meta[new string('k', 200) + "..."]);
    }

    [Theory]
    [InlineData(0ul, 0ul, 1_800_000_000_000_000_000, 0)]
    [InlineData(0ul, 50ul, 1_799_999_999_999_999_950, 50)]
    [InlineData(0ul, TraceTrial.Start, (long)TraceTrial.Start, 0)]
    [InlineData(TraceTrial.Start, TraceTrial.Start - 1, (long)TraceTrial.Start, 0)]
    [InlineData(TraceTrial.Start, ulong.MaxValue, (long)TraceTrial.Start, 0)]
    [InlineData(TraceTrial.Start, TraceTrial.Start + 7, (long)TraceTrial.Start, 7)]
    public void Times_OfASpan_MakeSense(ulong start, ulong end, long expectedStart, long duration)
    {
        var span = TraceTrial.Span();
        (span.StartTimeUnixNano, span.EndTimeUnixNano) = (start, end);
        var time = new FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(1_800_000_000));
        using var trial = new TraceTrial(time: time);

        var sent = trial.Send(TraceTrial.Request(null, null, span)).Single().TracerPayloads.Single().Chunks.Single().Spans.Single();

        Assert.Equal((expectedStart, duration), (sent.Start, sent.Duration));
    }

    [Theory]
    [InlineData("dd=s:2;o:rum;t.dm:-3", "", 2, "rum", "-3", null)]
    [InlineData("ot=th:8", "", 1, "", "-9", 0.5)]
    [InlineData("x=y,ot=p:2;r:3", "", 1, "", "-9", 0.25)]
    [InlineData("dd=s:-1", "", -1, "", null, null)]
    [InlineData("dd=s:-1", "sampling.priority=#2", 2, "", "-4", null)]
    [InlineData("", "_dd.origin=synthetics", 1, "synthetics", "-9", null)]
    [InlineData("", "sampling.priority=#0", 0, "", null, null)]
    public void Sampling_OfATrace_IsTheChunks(string state, string attributes, int priority, string origin, string? maker, double? rate)
    {
        var span = TraceTrial.Span(Kind.Server, TraceTrial.Attributes(attributes));
        span.TraceState = state;
        using var trial = new TraceTrial();

        var chunk = trial.Send(TraceTrial.Request(null, null, span)).Single().TracerPayloads.Single().Chunks.Single();

        Assert.Equal((priority, origin), (chunk.Priority, chunk.Origin));
        Assert.Equal(maker, chunk.Tags.TryGetValue("_dd.p.dm", out var dm) ? dm : null);
        Assert.Equal(maker, chunk.Spans[0].Meta.TryGetValue("_dd.p.dm", out dm) ? dm : null);
        Assert.Equal(rate, chunk.Spans[0].Metrics.TryGetValue("_sample_rate", out var sampled) ? sampled : null);
        Assert.Equal(state, chunk.Spans[0].Meta.TryGetValue("w3c.tracestate", out var kept) ? kept : string.Empty);
    }

    [Fact]
    public void Secrets_OfStatementsAndUrls_AreHidden()
    {
        const string canary = "canary7171";
        var span = TraceTrial.Span(
            Kind.Client,
            TraceTrial.Attributes(
                $"db.statement=SELECT 1 FROM t WHERE a = '{canary}'|db.system=postgresql|url.full=https://u:{canary}@a.example/?token={canary}|url.query=t={canary}"));

        Assert.DoesNotContain(canary, TraceTrial.Send(span).ToString(), StringComparison.Ordinal);
        Assert.Contains(
            canary, TraceTrial.Send(span, options: new DatadogExporterOptions { HostName = "h", Obfuscation = false }).ToString(), StringComparison.Ordinal);
    }
}
