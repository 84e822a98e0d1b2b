using System.Collections.Concurrent;
using OpenTelemetry.Proto.Trace.V1;

namespace CustomProcessor;

/// <summary>Somewhere that takes OTLP over HTTP: it prints each span that arrives, with its attributes.</summary>
internal sealed class Backend : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly ConcurrentQueue<string> _spans = new();

    private Backend(WebApplication application)
    {
        _application = application;
        application.MapPost("/v1/traces", ReceiveAsync);
    }

    public Uri Address => new(_application.Urls.Single());

    public IReadOnlyCollection<string> Spans => _spans;

    public static async Task<Backend> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var backend = new Backend(builder.Build());
        await backend._application.StartAsync();
        return backend;
    }

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private async Task<IResult> ReceiveAsync(HttpRequest request)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body);

        // The body is an ExportTraceServiceRequest, which has the fields of TracesData.
        var traces = TracesData.Parser.ParseFrom(body.ToArray());
        foreach (var span in traces.ResourceSpans.SelectMany(resource => resource.ScopeSpans).SelectMany(scope => scope.Spans))
        {
            var attributes = span.Attributes.Select(attribute => $"{attribute.Key}={attribute.Value.StringValue}");
            var line = $"{span.Name}: {string.Join(", ", attributes.Order(StringComparer.Ordinal))}";
            _spans.Enqueue(line);
            Console.WriteLine($"arrived  {line}");
        }

        return Results.Bytes([], "application/x-protobuf");
    }
}
