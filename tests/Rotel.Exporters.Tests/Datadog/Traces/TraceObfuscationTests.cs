using Google.Protobuf;
using OpenTelemetry.Proto.Common.V1;
using Rotel.Datadog.TestKit.Traces;
using Rotel.Exporters.Tests.Datadog.Resources;
using static OpenTelemetry.Proto.Trace.V1.Span.Types.SpanKind;

namespace Rotel.Exporters.Tests.Datadog.Traces;

/// <summary>Secrets on spans, through the whole encoder: what would be sent holds none of them.</summary>
public sealed class TraceObfuscationTests
{
    private const string Canary = "Zq7canary";
    private const string Card = "4111 1111 1111 1111";

    [Theory]
    [InlineData("db.system=mysql|db.statement=SELECT a FROM t WHERE b = 'it\\'s Zq7canary'", "SELECT a FROM t WHERE b = ?")]
    [InlineData("db.system.name=postgresql|db.query.text=SELECT \"a\" FROM t WHERE b IN ('Zq7canary', E'\\'Zq7canary') -- Zq7canary", "SELECT a FROM t WHERE b IN ( ? )")]
    [InlineData("db.system=mssql|db.statement=SELECT a FROM t WHERE b = 'Zq7canary", "Non-parsable SQL query")]
    [InlineData("db.system=redis|db.statement=SET user:17 Zq7canary EX 60", "SET")]
    [InlineData("db.system=redis|db.statement=AUTH Zq7canary", "AUTH")]
    [InlineData("db.system=valkey|db.statement=HSET user:17 name Zq7canary", "HSET")]
    [InlineData("db.system=memcached|db.statement=set user:17 Zq7canary", "set user:17 ?")]
    [InlineData("db.system=mongodb|db.statement={\"find\":\"users\",\"filter\":{\"name\":\"Zq7canary\"}}", "{\"find\":\"?\",\"filter\":{\"name\":\"?\"}}")]
    [InlineData("db.system=elasticsearch|db.query.text={\"query\":{\"match\":{\"name\":\"Zq7canary", "{\"query\":{\"match\":{\"name\":...")]
    [InlineData("db.system=neo4j|db.statement=MATCH (n {name: 'Zq7canary'}) RETURN n", "MATCH ( n ? ) RETURN n")]
    public void Span_OfADatabase_IsSentWithoutTheValuesOfItsStatement(string attributes, string resource)
    {
        foreach (var kind in (OpenTelemetry.Proto.Trace.V1.Span.Types.SpanKind[])[Client, Internal])
        {
            var span = TraceTrial.Send(TraceTrial.Span(kind, TraceTrial.Attributes(attributes)), options: ByResource());
            Assert.Equal(resource, span.Resource);
            AssertClean(span);
        }
    }

    [Theory]
    [InlineData("http.request.method=GET|url.full=https://anna:Zq7canary@shop.example/cart?token=Zq7canary#Zq7canary", "http.url", "https://shop.example/cart?")]
    [InlineData("http.method=GET|http.url=https://shop.example/cart?token=Zq7canary", "http.url", "https://shop.example/cart?")]
    [InlineData("http.method=GET|http.target=/cart?token=Zq7canary", "http.target", "/cart?")]
    [InlineData("url.query=token=Zq7canary", "url.query", "?")]
    [InlineData("url.original=https://shop.example/cart?token=Zq7canary", "url.original", "https://shop.example/cart?")]
    [InlineData("url.fragment=Zq7canary", "url.fragment", "?")]
    [InlineData("db.connection_string=Server=a;Password=Zq7canary", "db.connection_string", "?")]
    [InlineData("db.operation.parameter.0=Zq7canary", "db.operation.parameter.0", "?")]
    [InlineData("valkey.raw_command=SET a Zq7canary", "valkey.raw_command", "SET a ?")]
    [InlineData("memcached.command=set a Zq7canary", "memcached.command", "set a ?")]
    [InlineData("elasticsearch.body={\"a\":\"Zq7canary\"}", "elasticsearch.body", "{\"a\":\"?\"}")]
    [InlineData("opensearch.body={\"a\":\"Zq7canary\"}", "opensearch.body", "{\"a\":\"?\"}")]
    [InlineData("redis.raw_command=SET a Zq7canary", "redis.raw_command", "SET a ?")]
    [InlineData("mongodb.query={\"a\":\"Zq7canary\"}", "mongodb.query", "{\"a\":\"?\"}")]
    [InlineData("sql.query=SELECT 'Zq7canary'", "sql.query", "SELECT ?")]
    [InlineData("db.query.parameter.name=Zq7canary", "db.query.parameter.name", "?")]
    [InlineData("customer.card=4111 1111 1111 1111", "customer.card", "?")]
    public void Span_OfAnyKind_IsSentWithoutTheSecretsOfItsAttributes(string attributes, string tag, string value)
    {
        foreach (var kind in (OpenTelemetry.Proto.Trace.V1.Span.Types.SpanKind[])[Client, Server, Internal])
        {
            var span = TraceTrial.Send(TraceTrial.Span(kind, TraceTrial.Attributes(attributes)), options: ByResource());
            Assert.Equal(value, span.Meta[tag]);
            AssertClean(span);
        }
    }

    /// <summary>Card numbers and secrets of statements and URLs, in every place of a span that takes attributes or free text.</summary>
    [Fact]
    public void Span_WithSecretsInAllItsPlaces_IsSentWithoutThem()
    {
        KeyValue[] attributes =
        [
            .. TraceTrial.Attributes($"customer.card={Card}|db.namespace={Card}|db.statement=SELECT '{Canary}'|url.full=https://a:{Canary}@b.example/?{Canary}|server.address={Card}"),
            TraceTrial.Attribute("cards", new AnyValue { ArrayValue = new ArrayValue { Values = { Text(Card), new AnyValue { IntValue = 4111_1111_1111_1111 } } } }),
            TraceTrial.Attribute("map", new AnyValue { KvlistValue = new KeyValueList { Values = { TraceTrial.Attribute("card", Card), TraceTrial.Attribute("db.query.text", $"SELECT '{Canary}'") } } }),
            TraceTrial.Attribute("mongodb.query", new AnyValue { KvlistValue = new KeyValueList { Values = { TraceTrial.Attribute("name", Canary) } } }),
        ];
        var span = TraceTrial.Span(Client, attributes);
        span.Status = new OpenTelemetry.Proto.Trace.V1.Status { Message = Card, Code = OpenTelemetry.Proto.Trace.V1.Status.Types.StatusCode.Error };
        span.Events.Add(new OpenTelemetry.Proto.Trace.V1.Span.Types.Event
        {
            Name = "paid",
            Attributes = { attributes, TraceTrial.Attribute("number", 4111_1111_1111_1111), TraceTrial.Attribute("count", 17) },
        });
        span.Links.Add(new OpenTelemetry.Proto.Trace.V1.Span.Types.Link { TraceId = TraceTrial.Id(16, 1), SpanId = TraceTrial.Id(8, 1), Attributes = { attributes } });
        var sink = new PeerRecorder();
        using var trial = new TraceTrial(statistics: sink);

        var payload = Assert.Single(trial.Send(TraceTrial.Request(
            new OpenTelemetry.Proto.Resource.V1.Resource { Attributes = { attributes } }, new InstrumentationScope { Name = "x", Attributes = { attributes } }, span)));

        var sent = Assert.Single(Assert.Single(Assert.Single(payload.TracerPayloads).Chunks).Spans);
        AssertClean(sent);
        Assert.DoesNotContain("4111111111111111", System.Text.Encoding.UTF8.GetString(sent.ToByteArray()), StringComparison.Ordinal);
        Assert.DoesNotContain(Card, sink.Told, StringComparison.Ordinal);
        Assert.Equal("[\"?\",\"?\"]", sent.Meta["cards"]);
        Assert.Equal("{\"card\":\"?\",\"db.query.text\":\"SELECT ?\"}", sent.Meta["map"]);
        var happened = System.Text.Json.JsonElement.Parse(sent.Meta["events"])[0].GetProperty("attributes");
        Assert.Equal(("?", "?", 17), (happened.GetProperty("customer.card").GetString(), happened.GetProperty("number").GetString(), happened.GetProperty("count").GetInt32()));
        Assert.Equal("https://b.example/?", happened.GetProperty("url.full").GetString());
        Assert.Equal("[\"?\",\"?\"]", System.Text.Json.JsonElement.Parse(sent.Meta["_dd.span_links"])[0].GetProperty("attributes").GetProperty("cards").GetString());
    }

    [Fact]
    public void Span_WithObfuscationOff_IsSentAsItIs()
    {
        var options = ByResource();
        options.Obfuscation = false;
        var span = TraceTrial.Send(TraceTrial.Span(Client, TraceTrial.Attributes($"db.system=mysql|db.statement=SELECT '{Canary}'|card={Card}")), options: options);
        Assert.Equal($"SELECT '{Canary}'", span.Resource);
        Assert.Equal(Card, span.Meta["card"]);
    }

    private static Exporters.Datadog.DatadogExporterOptions ByResource() => TestResource.Options();

    private static AnyValue Text(string text) => new() { StringValue = text };

    private static void AssertClean(Span span)
    {
        var sent = System.Text.Encoding.UTF8.GetString(span.ToByteArray());
        Assert.DoesNotContain(Canary, sent, StringComparison.Ordinal);
        Assert.DoesNotContain(Card, sent, StringComparison.Ordinal);
    }

    private sealed class PeerRecorder : Exporters.Datadog.Stats.IStatisticsSink
    {
        public string Told { get; private set; } = string.Empty;

        public void Add(in Exporters.Datadog.Stats.SpanStatistics span) => Told += System.Text.Encoding.UTF8.GetString(span.PeerTags);
    }
}
