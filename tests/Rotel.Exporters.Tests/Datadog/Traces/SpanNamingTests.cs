using OpenTelemetry.Proto.Resource.V1;
using Rotel.Exporters.Datadog;
using Kind = OpenTelemetry.Proto.Trace.V1.Span.Types.SpanKind;

namespace Rotel.Exporters.Tests.Datadog.Traces;

/// <summary>Operation name, resource and type, row by row, in older and current semantic conventions.</summary>
public sealed class SpanNamingTests
{
    [Theory]
    [InlineData(Kind.Server, "http.request.method=GET|http.route=/a/{id}", "http.server.request", "GET /a/{id}", "web")]
    [InlineData(Kind.Server, "http.method=GET|http.route=/a/{id}", "http.server.request", "GET /a/{id}", "web")]
    [InlineData(Kind.Server, "http.request.method=_OTHER", "http.server.request", "HTTP", "web")]
    [InlineData(Kind.Client, "http.request.method=POST|url.template=/b/{id}", "http.client.request", "POST /b/{id}", "http")]
    [InlineData(Kind.Client, "http.method=POST|http.route=/b", "http.client.request", "POST", "http")]
    [InlineData(Kind.Internal, "http.request.method=GET|http.route=/a", "Internal", "GET", "custom")]
    [InlineData(Kind.Client, "db.system.name=postgresql|db.query.text=SELECT name FROM t", "postgresql.query", "SELECT name FROM t", "sql")]
    [InlineData(Kind.Client, "db.system=mysql|db.statement=SELECT name FROM t", "mysql.query", "SELECT name FROM t", "sql")]
    [InlineData(Kind.Client, "db.system.name=microsoft.sql_server", "microsoft.sql_server.query", "work", "sql")]
    [InlineData(Kind.Client, "db.system=mongodb", "mongodb.query", "work", "mongodb")]
    [InlineData(Kind.Client, "db.system=dynamodb", "dynamodb.query", "work", "db")]
    [InlineData(Kind.Producer, "messaging.system=kafka|messaging.operation=publish|messaging.destination=t", "kafka.publish", "publish t", "custom")]
    [InlineData(
        Kind.Consumer,
        "messaging.system=kafka|messaging.operation.type=process|messaging.operation.name=poll|messaging.destination.name=t",
        "kafka.process",
        "process t",
        "custom")]
    [InlineData(Kind.Consumer, "messaging.system=rabbitmq|messaging.operation.name=ack", "rabbitmq.ack", "ack", "custom")]
    [InlineData(Kind.Client, "rpc.system=grpc|rpc.service=Orders|rpc.method=Get", "grpc.client.request", "Get Orders", "http")]
    [InlineData(Kind.Server, "rpc.system.name=grpc|rpc.method=orders.Orders/Get", "grpc.server.request", "orders.Orders/Get", "web")]
    [InlineData(Kind.Client, "rpc.system=aws-api|rpc.service=S3", "aws.s3.request", "work", "http")]
    [InlineData(Kind.Client, "rpc.system=aws-api", "aws.client.request", "work", "http")]
    [InlineData(Kind.Client, "faas.invoked_provider=aws|faas.invoked_name=fn-1", "aws.fn_1.invoke", "work", "http")]
    [InlineData(Kind.Server, "faas.trigger=datasource", "datasource.invoke", "work", "web")]
    [InlineData(Kind.Server, "graphql.operation.type=query|graphql.operation.name=all", "graphql.server.request", "query all", "web")]
    [InlineData(Kind.Server, "network.protocol.name=amqp", "amqp.server.request", "work", "web")]
    [InlineData(Kind.Client, "network.protocol.name=AMQP", "amqp.client.request", "work", "http")]
    [InlineData(Kind.Server, "", "server.request", "work", "web")]
    [InlineData(Kind.Client, "", "client.request", "work", "http")]
    [InlineData(Kind.Unspecified, "", "Internal", "work", "custom")]
    [InlineData(Kind.Producer, "", "Producer", "work", "custom")]
    [InlineData(Kind.Server, "operation.name=My Op!|resource.name=r|span.type=worker", "my_op", "r", "worker")]
    [InlineData(Kind.Client, "gen_ai.system=openai|span.type=worker", "client.request", "work", "llm")]
    public void Span_ByItsAttributes_IsNamed(Kind kind, string attributes, string name, string resource, string type)
    {
        var span = TraceTrial.Send(TraceTrial.Span(kind, TraceTrial.Attributes(attributes)));

        Assert.Equal((name, resource, type), (span.Name, span.Resource, span.Type));
    }

    [Fact]
    public void Resource_AsTheUserWants_IsTheSpansName() =>
        Assert.Equal(
            "work",
            TraceTrial.Send(
                TraceTrial.Span(Kind.Server, TraceTrial.Attributes("http.request.method=GET")),
                options: new DatadogExporterOptions { HostName = "h", SpanNameAsResourceName = true }).Resource);

    [Fact]
    public void Resource_WithoutAnyName_IsTheOperation()
    {
        var span = TraceTrial.Span(Kind.Server);
        span.Name = string.Empty;

        Assert.Equal("server.request", TraceTrial.Send(span).Resource);
    }

    [Fact]
    public void Resource_ThatIsLong_IsCutBetweenCharacters()
    {
        var span = TraceTrial.Span();
        span.Name = new string('a', 4999) + "ä";

        Assert.Equal(new string('a', 4999), TraceTrial.Send(span).Resource);
    }

    [Theory]
    [InlineData("service.name=Orders API", "", "orders_api")]
    [InlineData("service.name=orders", "service.name=Own", "own")]
    [InlineData("", "", "otlpresourcenoservicename")]
    [InlineData("service.name=orders", "peer.service=db", "orders")]
    public void Service_OfSpanOrResource_IsNormal(string resource, string attributes, string service) =>
        Assert.Equal(
            service,
            TraceTrial.Send(
                TraceTrial.Span(Kind.Client, TraceTrial.Attributes(attributes)),
                new Resource { Attributes = { TraceTrial.Attributes(resource) } }).Service);
}
