using System.Text.Json;
using Google.Protobuf;
using OpenTelemetry.Proto.Common.V1;
using OpenTelemetry.Proto.Logs.V1;
using Rotel.Exporters.Tests.Datadog.Resources;
using static Rotel.Exporters.Tests.Datadog.Logs.LogTrial;

namespace Rotel.Exporters.Tests.Datadog.Logs;

/// <summary>Each rule by which fields of a log record become fields of Datadog's.</summary>
public sealed class LogRecordTests
{
    private static readonly byte[] TraceId = Convert.FromHexString("5b8efff798038103d269b633813fc60c");
    private static readonly byte[] SpanId = Convert.FromHexString("eee19b7ec3c1b174");

    [Fact]
    public void Message_IsTheBody() => Assert.Equal("it \"said\"\n€🦊", Text(Send(Record("it \"said\"\n€🦊")), "message"));

    [Fact]
    public void Message_OfAStructuredBodyIsItsJson()
    {
        var body = Map(Attribute("user", "kim"), Attribute("n", new AnyValue { IntValue = 3 }));

        Assert.Equal("""{"user":"kim","n":3}""", Text(Send(new LogRecord { Body = body }), "message"));
        Assert.Equal("7", Text(Send(new LogRecord { Body = new AnyValue { IntValue = 7 } }), "message"));
        Assert.Equal(string.Empty, Text(Send(new LogRecord()), "message"));
    }

    [Theory]
    [InlineData("message")]
    [InlineData("Msg")]
    [InlineData("log")]
    public void Message_OfAnAttributeGoesBeforeTheBody(string attribute)
    {
        var log = Send(new LogRecord { Body = new AnyValue { StringValue = "body" }, Attributes = { Attribute(attribute, "other") } });

        Assert.Equal("other", Text(log, "message"));
        Assert.Equal("body", Text(log, "otel.body"));
    }

    [Theory]
    [InlineData(-1, "info")]
    [InlineData(0, "info")]
    [InlineData(1, "trace")]
    [InlineData(4, "trace")]
    [InlineData(5, "debug")]
    [InlineData(8, "debug")]
    [InlineData(9, "info")]
    [InlineData(12, "info")]
    [InlineData(13, "warn")]
    [InlineData(16, "warn")]
    [InlineData(17, "error")]
    [InlineData(20, "error")]
    [InlineData(21, "fatal")]
    [InlineData(24, "fatal")]
    [InlineData(25, "error")]
    public void Status_IsOfTheSeveritysRange(int severity, string status)
    {
        var log = Send(new LogRecord { SeverityNumber = (SeverityNumber)severity });

        Assert.Equal(status, Text(log, "status"));
        Assert.Equal(severity == 0 ? null : $"{severity}", Text(log, "otel.severity_number"));
    }

    [Fact]
    public void Status_IsTheSeveritysText()
    {
        var log = Send(new LogRecord { SeverityNumber = SeverityNumber.Error, SeverityText = "Critical" });

        Assert.Equal(("Critical", "Critical"), (Text(log, "status"), Text(log, "otel.severity_text")));
        Assert.Equal("17", Text(log, "otel.severity_number"));
    }

    [Theory]
    [InlineData("status")]
    [InlineData("severity")]
    [InlineData("Level")]
    [InlineData("syslog.severity")]
    public void Status_OfAnAttributeGoesFirst(string attribute)
    {
        var log = Send(new LogRecord { SeverityText = "Information", Attributes = { Attribute(attribute, "notice") } });

        Assert.Equal("notice", Text(log, "status"));
        Assert.Equal("Information", Text(log, "otel.severity_text"));
    }

    [Theory]
    [InlineData(1_700_000_000_123_456_789, 0, "2023-11-14T22:13:20.123Z", "1700000000123456789")]
    [InlineData(0, 1_700_000_000_000_000_001, "2023-11-14T22:13:20.000Z", "1700000000000000001")]
    [InlineData(0, 0, null, null)]
    [InlineData(ulong.MaxValue, 0, "2554-07-21T23:34:33.709Z", "18446744073709551615")]
    public void Time_IsWhenItHappenedElseWhenItWasSeen(ulong time, ulong observed, string? timestamp, string? nanoseconds)
    {
        var log = Send(new LogRecord { TimeUnixNano = time, ObservedTimeUnixNano = observed });

        Assert.Equal((timestamp, nanoseconds), (Text(log, "@timestamp"), Text(log, "otel.timestamp")));
    }

    [Fact]
    public void Ids_AreDecimalOfTheLast64BitsAndHexadecimal()
    {
        var log = Send(new LogRecord { TraceId = ByteString.CopyFrom(TraceId), SpanId = ByteString.CopyFrom(SpanId) });

        Assert.Equal(("15161849952847513100", "5b8efff798038103d269b633813fc60c"), (Text(log, "dd.trace_id"), Text(log, "otel.trace_id")));
        Assert.Equal(("17213210219539181940", "eee19b7ec3c1b174"), (Text(log, "dd.span_id"), Text(log, "otel.span_id")));
    }

    [Fact]
    public void Ids_OfZeroOrOfAnotherLengthAreNone()
    {
        var log = Send(new LogRecord { TraceId = ByteString.CopyFrom(new byte[16]), SpanId = ByteString.CopyFrom(1, 2, 3) });

        Assert.All(["dd.trace_id", "otel.trace_id", "dd.span_id", "otel.span_id"], name => Assert.Null(Text(log, name)));
    }

    [Theory]
    [InlineData("trace_id", "span_id")]
    [InlineData("TraceId", "SpanId")]
    [InlineData("contextmap.traceid", "contextmap.spanid")]
    [InlineData("oteltraceid", "otelspanid")]
    public void Ids_OfAttributesAreTakenWhereTheRecordHasNone(string trace, string span)
    {
        var attributes = new[] { Attribute(trace, Convert.ToHexString(TraceId)), Attribute(span, Convert.ToHexStringLower(SpanId)) };

        var log = Send(new LogRecord { Attributes = { attributes } });
        var own = Send(new LogRecord { Attributes = { attributes }, TraceId = ByteString.CopyFrom([.. TraceId.Reverse()]) });

        Assert.Equal("5b8efff798038103d269b633813fc60c", Text(log, "otel.trace_id"));
        Assert.Equal("eee19b7ec3c1b174", Text(log, "otel.span_id"));
        Assert.Equal("0cc63f8133b669d203810398f7ff8e5b", Text(own, "otel.trace_id"));
        Assert.Null(Text(log, trace));
    }

    [Fact]
    public void Ids_ThatAreNoneStayAttributes()
    {
        var log = Send(new LogRecord { Attributes = { Attribute("trace_id", "17"), Attribute("dd.trace_id", "123") } });

        Assert.Equal(("17", "123"), (Text(log, "trace_id"), Text(log, "dd.trace_id")));
    }

    [Fact]
    public void Host_Service_AndTagsAreOfTheResource()
    {
        var resource = TestResource.Of(
            ("service.name", "orders"), ("host.name", "node-1"), ("deployment.environment.name", "prod"), ("os.type", "li,nux"));

        var log = Send(new LogRecord { Attributes = { Attribute("ddtags", "a:b,c:d") } }, resource);

        Assert.Equal(("node-1", "orders"), (Text(log, "hostname"), Text(log, "service")));
        Assert.Equal("env:prod,os.type:li_nux,service:orders,a:b,c:d", Text(log, "ddtags"));
        Assert.Equal(("orders", "prod"), (Text(log, "service.name"), Text(log, "deployment.environment.name")));
    }

    [Fact]
    public void Host_AndServiceOfAttributesAreTakenWhereTheResourceHasNone()
    {
        var record = new LogRecord { Attributes = { Attribute("service", "own"), Attribute("hostname", "own-host") } };
        var fargate = TestResource.Of(("aws.ecs.launchtype", "fargate"), ("aws.ecs.task.arn", "arn:1"));

        var log = Send(record, TestResource.Of(("service.name", "orders"), ("service", "of resource")));
        var bare = Send(record, fargate);

        Assert.Equal(("orders", "of resource"), (Text(log, "service"), Text(log, "otel.service")));
        Assert.Equal((TestResource.Machine, "own-host"), (Text(log, "hostname"), Text(log, "otel.hostname")));
        Assert.Equal(("own", "own-host"), (Text(bare, "service"), Text(bare, "hostname")));
    }

    [Fact]
    public void Source_IsOfTheResourceElseOfTheRecord()
    {
        var record = new LogRecord { Attributes = { Attribute("datadog.log.source", "own") } };

        Assert.Equal("otlp_log_ingestion", Text(Send(new LogRecord()), "ddsource"));
        Assert.Equal("own", Text(Send(record), "ddsource"));
        Assert.Equal("csharp", Text(Send(record, TestResource.Of(("datadog.log.source", "csharp"))), "ddsource"));
        Assert.Equal("nginx", Text(Send(new LogRecord { Attributes = { Attribute("ddsource", "nginx") } }), "ddsource"));
    }

    [Fact]
    public void EventName_AndScopeAreAttributes()
    {
        var team = Attribute("team", new AnyValue { IntValue = 5 });
        var scope = new InstrumentationScope { Name = "Orders.Checkout", Version = "2", Attributes = { team } };

        var log = Send(new LogRecord { EventName = "order.placed" }, scope: scope);

        Assert.Equal(("order.placed", "5"), (Text(log, "otel.event_name"), Text(log, "team")));
        Assert.Equal(("Orders.Checkout", "2"), (Text(log, "otel.scope.name"), Text(log, "otel.scope.version")));
    }

    [Fact]
    public void AttributesOfResourceAreText_OfRecordsKeepTheirTypes()
    {
        var resource = TestResource.Of();
        resource.Attributes.Add(Attribute("process.pid", new AnyValue { IntValue = 42 }));
        var log = Send(
            new LogRecord
            {
                Attributes =
                {
                    Attribute("text", "t"), Attribute("whole", new AnyValue { IntValue = long.MinValue }),
                    Attribute("double", new AnyValue { DoubleValue = 0.25 }), Attribute("bool", new AnyValue { BoolValue = true }),
                    Attribute("nan", new AnyValue { DoubleValue = double.NaN }),
                    Attribute("inf", new AnyValue { DoubleValue = double.NegativeInfinity }),
                    Attribute("bytes", new AnyValue { BytesValue = ByteString.CopyFrom(1, 2, 3) }), Attribute("none", new AnyValue()),
                },
            },
            resource);

        Assert.Equal("42", log.GetProperty("process.pid").GetString());
        Assert.Equal("t", log.GetProperty("text").GetString());
        Assert.Equal(long.MinValue, log.GetProperty("whole").GetInt64());
        Assert.Equal(0.25, log.GetProperty("double").GetDouble());
        Assert.True(log.GetProperty("bool").GetBoolean());
        Assert.Equal(("NaN", "-Infinity"), (Text(log, "nan"), Text(log, "inf")));
        Assert.Equal(("AQID", string.Empty), (Text(log, "bytes"), Text(log, "none")));
    }

    [Fact]
    public void Lists_AreFlattenedAndArraysStay()
    {
        var inner = Map(Attribute("b", Map(Attribute("c", "deep"))), Attribute("d", new AnyValue { IntValue = 1 }));
        var array = new AnyValue { ArrayValue = new ArrayValue { Values = { new AnyValue { StringValue = "x" }, inner, Map() } } };

        var log = Send(new LogRecord { Attributes = { Attribute("a", inner), Attribute("list", array), Attribute("empty", Map()) } });

        Assert.Equal(("deep", 1), (Text(log, "a.b.c"), log.GetProperty("a.d").GetInt32()));
        Assert.Equal("""["x",{"b.c":"deep","d":1},{}]""", log.GetProperty("list").GetRawText());
        Assert.False(log.TryGetProperty("empty", out _));
    }

    [Fact]
    public void Lists_BelowTenLevelsAreText()
    {
        var value = Map(Attribute("last", "x"));
        for (var depth = 10; depth > 1; depth--)
            value = Map(Attribute($"k{depth}", value));

        var log = Send(new LogRecord { Attributes = { Attribute("k1", value) } });

        Assert.Equal("""{"last":"x"}""", Text(log, "k1.k2.k3.k4.k5.k6.k7.k8.k9.k10"));
    }

    [Fact]
    public void OfTwoAttributesWithOneName_TheFirstCounts()
    {
        var resource = TestResource.Of(("a", "resource"), ("message", "m"), ("status", "s"), ("ddtags", "t"), ("@timestamp", "x"));
        var scope = new InstrumentationScope { Attributes = { Attribute("a", "scope"), Attribute("b", "scope") } };
        var twice = Map(Attribute("x", "1"), Attribute("x", "2"));
        var record = new LogRecord
        {
            Body = new AnyValue { StringValue = "body" },
            TimeUnixNano = 1_700_000_000_000_000_000,
            Attributes =
            {
                Attribute("a", "record"), Attribute("b", "record"), Attribute("c", "first"), Attribute("c", "second"),
                Attribute("@timestamp", "no"), Attribute("m", twice), Attribute("m.x", "3"),
                Attribute("list", new AnyValue { ArrayValue = new ArrayValue { Values = { twice, twice } } }),
            },
        };

        var log = Send(record, resource, scope);

        Assert.Equal(("resource", "scope", "first", "1"), (Text(log, "a"), Text(log, "b"), Text(log, "c"), Text(log, "m.x")));
        Assert.Equal(("body", "info", "2023-11-14T22:13:20.000Z"), (Text(log, "message"), Text(log, "status"), Text(log, "@timestamp")));
        Assert.Equal(("m", "s", "t"), (Text(log, "otel.message"), Text(log, "otel.status"), Text(log, "otel.ddtags")));
        Assert.Equal("""[{"x":"1"},{"x":"1"}]""", log.GetProperty("list").GetRawText());
    }

    private static LogRecord Record(string body) => new() { Body = new AnyValue { StringValue = body } };

    private static AnyValue Map(params ReadOnlySpan<KeyValue> pairs)
    {
        var list = new KeyValueList();
        foreach (var pair in pairs)
            list.Values.Add(pair);
        return new AnyValue { KvlistValue = list };
    }

    private static string? Text(JsonElement log, string name) => log.TryGetProperty(name, out var value) ? value.GetString() : null;
}
