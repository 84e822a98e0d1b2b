using Google.Protobuf;
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

    private static void AssertClean(Span span)
    {
        var sent = System.Text.Encoding.UTF8.GetString(span.ToByteArray());
        Assert.DoesNotContain(Canary, sent, StringComparison.Ordinal);
        Assert.DoesNotContain(Card, sent, StringComparison.Ordinal);
    }
}
