using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Npgsql;
using OpenTelemetry;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Rotel.Datadog.TestKit;
using Rotel.Datadog.TestKit.Traces;

namespace Rotel.EndToEnd.Datadog;

/// <summary>
/// An application as it is written every day, with the instrumentations of the OpenTelemetry SDK, Npgsql's own, and Rotel in it: what a user
/// of Datadog sees of one request.
/// </summary>
[Collection(ProcessWide.Name)]
public sealed class DatadogSpanTreeTests : IAsyncLifetime
{
    private const string Secret = "c4nary-secret";

    private readonly ScriptedPostgres _database = new();
    private DatadogServer _datadog = null!;
    private WebApplication _application = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _datadog = await DatadogServer.StartAsync(Cancellation);
        _application = CreateApplication();
        await _application.StartAsync(Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await _application.DisposeAsync();
        await _datadog.DisposeAsync();
        await _database.DisposeAsync();
    }

    [Fact]
    public async Task Request_ThatCallsHttpClientAndADatabase_IsTheTreeThatUsersExpect()
    {
        await RequestAsync("/checkout/42?token=" + Secret);
        await _application.StopAsync(Cancellation);

        var tracer = Assert.Single(_datadog.TracePayloads.SelectMany(payload => payload.TracerPayloads));
        Assert.Equal(("staging", "web-1", "1.2.3", "dotnet"), (tracer.Env, tracer.Hostname, tracer.AppVersion, tracer.LanguageName));
        var spans = Assert.Single(tracer.Chunks).Spans;
        Assert.Equal(5, spans.Count);

        var checkout = One(spans, span => span.ParentId == 0);
        AssertSpan(checkout, "http.server.request", "GET /checkout/{order}", "web", "server");
        Assert.Equal(200, checkout.Metrics["http.status_code"]);
        Assert.Equal(1, checkout.Metrics["_top_level"]);
        Assert.Equal(16, checkout.Meta["_dd.p.tid"].Length);
        Assert.Equal(checkout.Meta["otel.trace_id"], $"{checkout.Meta["_dd.p.tid"]}{checkout.TraceId:x16}");

        var call = One(spans, span => span.ParentId == checkout.SpanId && span.Meta["span.kind"] == "client" && span.Type == "http");
        AssertSpan(call, "http.client.request", "GET", "http", "client");
        Assert.Equal(1, call.Metrics["_dd.measured"]);

        AssertSpan(One(spans, span => span.ParentId == call.SpanId), "http.server.request", "GET /stock/{sku}", "web", "server");

        var statements = spans.Where(span => span.ParentId == checkout.SpanId && span.Type == "sql").OrderBy(span => span.Start).ToArray();
        Assert.Equal(2, statements.Length);
        AssertSpan(statements[0], "postgresql.query", "CONNECT shop", "sql", "client");
        AssertSpan(statements[1], "postgresql.query", "SELECT * FROM orders WHERE id = ? AND owner = ?", "sql", "client");
        Assert.Equal("SELECT * FROM orders WHERE id = ? AND owner = ?", statements[1].Meta["db.query.text"]);

        Assert.All(spans, span => Assert.Equal(("shop", checkout.TraceId, 0), (span.Service, span.TraceId, span.Error)));
        Assert.All(spans, span => Assert.InRange(span.Duration, 0, checkout.Duration));

        // What an application writes into its own log is its own affair; of what Rotel says about requests, nothing may hold the secret.
        Assert.DoesNotContain(
            _datadog.Requests, request => request.Path != DatadogPaths.Logs && Text(request).Contains(Secret, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Requests_AreCountedInStatistics_WhenTheApplicationStops()
    {
        for (var i = 0; i < 3; i++)
            await RequestAsync("/checkout/42");
        await _application.StopAsync(Cancellation);

        var groups = Items(_datadog.Stats, "Stats").SelectMany(client => Items([client], "Stats")).SelectMany(bucket => Items([bucket], "Stats"));
        var hits = groups.GroupBy(group => (string)group["Resource"]).ToDictionary(
            resource => resource.Key, resource => resource.Sum(group => Convert.ToInt64(group["Hits"], null)));
        Assert.Equal(3, hits["GET /checkout/{order}"]);
        Assert.Equal(3, hits["GET /stock/{sku}"]);
        Assert.Equal(3, hits["SELECT * FROM orders WHERE id = ? AND owner = ?"]);
    }

    private WebApplication CreateApplication()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.Services.AddHttpClient();
        builder.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.Clear().AddTelemetrySdk()
                .AddService("shop", serviceVersion: "1.2.3", autoGenerateServiceInstanceId: false)
                .AddAttributes([new("deployment.environment.name", "staging"), new("host.name", "web-1")]))
            .WithTracing(tracing => tracing.AddAspNetCoreInstrumentation().AddHttpClientInstrumentation().AddSource("Npgsql"))
            .UseRotel();
        builder.Services.AddRotel(rotel =>
        {
            rotel.Otlp.GrpcEndpoint = "none";
            rotel.Otlp.HttpEndpoint = "none";
            rotel.Exporters.AddDatadog("dog", options =>
            {
                options.CustomEndpoint = _datadog.Endpoint;
                options.ApiKey = _datadog.ApiKey;
            });
        });
        var application = builder.Build();
        application.MapGet("/stock/{sku}", (string sku) => Results.Ok(sku.Length));
        application.MapGet("/checkout/{order}", async (string order, IHttpClientFactory clients, HttpContext context) =>
        {
            using var client = clients.CreateClient();
            await client.GetStringAsync(new Uri($"http://{context.Request.Host}/stock/{order}?key={Secret}"));
            await using var connection = new NpgsqlConnection(_database.ConnectionString);
            await connection.OpenAsync();
            await using var command = new NpgsqlCommand($"SELECT * FROM orders WHERE id = 42 AND owner = '{Secret}' -- {Secret}", connection);
            await command.ExecuteNonQueryAsync();
            return Results.Ok();
        });
        return application;
    }

    /// <summary>Asks as somebody who is not instrumented.</summary>
    private async Task RequestAsync(string path)
    {
        using var handler = new SocketsHttpHandler { ActivityHeadersPropagator = null };
        using var invoker = new HttpMessageInvoker(handler);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(new Uri(_application.Urls.Single()), path));
        using var response = await invoker.SendAsync(request, Cancellation);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private static void AssertSpan(Span span, string name, string resource, string type, string kind) =>
        Assert.Equal((name, resource, type, kind), (span.Name, span.Resource, span.Type, span.Meta["span.kind"]));

    private static Span One(IEnumerable<Span> spans, Func<Span, bool> condition) => Assert.Single(spans, span => condition(span));

    private static IEnumerable<Dictionary<object, object>> Items(IEnumerable<Dictionary<object, object>> owners, string key) =>
        owners.SelectMany(owner => (object[])owner[key]).Cast<Dictionary<object, object>>();

    private static string Text(DatadogRequest request) => System.Text.Encoding.Latin1.GetString(request.Body);
}
