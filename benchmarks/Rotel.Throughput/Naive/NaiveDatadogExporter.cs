using System.Net.Http.Headers;
using OpenTelemetry.Proto.Collector.Trace.V1;

namespace Rotel.Throughput.Naive;

/// <summary>Posts each batch as one payload of Datadog's trace intake. Spans only.</summary>
internal sealed class NaiveDatadogExporter<TRequest>(NaiveOptions options) : INaiveExporter<TRequest>
    where TRequest : class
{
    private readonly HttpClient _client = new() { Timeout = TimeSpan.FromSeconds(5) };
    private readonly Uri _uri = new(options.Endpoint, "/api/v0.2/traces");

    public async Task ExportAsync(TRequest batch, CancellationToken cancellationToken)
    {
        if (batch is not ExportTraceServiceRequest traces)
            throw new NotSupportedException("The naive collector sends spans to Datadog, and nothing else.");

        using var content = new ByteArrayContent(NaiveDatadogPayload.Encode(traces, options.Datadog!));
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
        content.Headers.ContentEncoding.Add(options.Datadog!);
        using var response = await _client.PostAsync(_uri, content, cancellationToken);
        response.EnsureSuccessStatusCode();
    }

    public void Dispose() => _client.Dispose();
}
