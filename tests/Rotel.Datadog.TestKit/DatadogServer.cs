using System.Net;
using System.Text.Json;
using Google.Protobuf;
using MessagePack;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Rotel.Datadog.TestKit.Metrics;
using Rotel.Datadog.TestKit.Traces;
using Rotel.TestKit;
using Rotel.TestKit.Backends;

namespace Rotel.Datadog.TestKit;

/// <summary>
/// Datadog's intakes under the control of a test, all on one port: it takes what they take, within their limits, and keeps it decoded. Built
/// on Kestrel, Google.Protobuf, MessagePack and System.Text.Json alone, so that it judges Rotel's writers without sharing any of them.
/// </summary>
public sealed class DatadogServer : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly List<DatadogRequest> _requests = [];
    private readonly List<DatadogRequest> _kept = [];
    private readonly ChangeSignal _changes = new();
    private readonly WebApplication _server;

    private DatadogServer()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1);
        });
        BackendIsolation.Apply(builder.Services);
        _server = builder.Build();
        _server.Run(AnswerAsync);
    }

    /// <summary>The one key that is taken; others are answered with 403.</summary>
    public string ApiKey { get; set; } = "0123456789abcdef0123456789abcdef";

    /// <summary>What answers a request before the intake does; null leaves it to the intake. Called one at a time.</summary>
    public Func<DatadogRequest, DatadogReply?> Script { get; set; } = _ => null;

    /// <summary>The limits of the intake at a path; at first the real ones.</summary>
    public Func<string, DatadogLimits> Limits { get; set; } = DatadogLimits.Of;

    /// <summary>For <c>custom_endpoint</c>.</summary>
    public Uri Endpoint => new(_server.Urls.Single());

    /// <summary>All requests so far, refused ones included, in the order of arrival.</summary>
    public IReadOnlyList<DatadogRequest> Requests => Copy(_requests);

    /// <summary>The requests that were taken.</summary>
    public IReadOnlyList<DatadogRequest> Kept => Copy(_kept);

    /// <summary>What the intake of traces has taken, request by request.</summary>
    public IReadOnlyList<AgentPayload> TracePayloads => [.. Messages<AgentPayload>(DatadogPaths.Traces)];

    public IReadOnlyList<Span> Spans => [.. TracePayloads
        .SelectMany(payload => payload.TracerPayloads).SelectMany(tracer => tracer.Chunks).SelectMany(chunk => chunk.Spans)];

    public IReadOnlyList<MetricSeries> Series => [.. Messages<MetricPayload>(DatadogPaths.Series).SelectMany(payload => payload.Series)];

    public IReadOnlyList<Metrics.Sketch> Sketches => [.. Messages<SketchPayload>(DatadogPaths.Sketches).SelectMany(payload => payload.Sketches)];

    public IReadOnlyList<JsonElement> Logs => [.. Messages<JsonElement>(DatadogPaths.Logs).SelectMany(logs => logs.EnumerateArray())];

    public IReadOnlyList<JsonElement> HostMetadata => [.. Messages<JsonElement>(DatadogPaths.HostMetadata)];

    /// <summary>StatsPayloads, as MessagePack reads them without knowing their type; see <see cref="DatadogRequest.Body"/> for the bytes.</summary>
    public IReadOnlyList<Dictionary<object, object>> Stats => [.. Messages<Dictionary<object, object>>(DatadogPaths.Stats)];

    public static async Task<DatadogServer> StartAsync(CancellationToken cancellation)
    {
        var server = new DatadogServer();
        await server._server.StartAsync(cancellation);
        return server;
    }

    /// <summary>Waits until a condition over what was received and kept holds; asked again after every request.</summary>
    public Task WaitUntilAsync(Func<DatadogServer, bool> condition, string what, CancellationToken cancellation) =>
        Watchdog.UntilAsync(_changes, () => condition(this), () => what, cancellation);

    /// <summary>Waits until at least that many requests have arrived, whatever became of them.</summary>
    public Task WaitForRequestsAsync(int count, CancellationToken cancellation) => Watchdog.UntilAsync(
        _changes, () => Requests.Count >= count, () => $"{count} requests; {Requests.Count} came", cancellation);

    public async ValueTask DisposeAsync()
    {
        // Requests that hang are cut, not waited for.
        await _server.StopAsync(new CancellationToken(canceled: true));
        await _server.DisposeAsync();
    }

    private IEnumerable<T> Messages<T>(string path) => Kept.Where(request => request.Path == path).Select(request => (T)request.Message);

    private DatadogRequest[] Copy(List<DatadogRequest> list)
    {
        lock (_lock)
            return [.. list];
    }

    private async Task AnswerAsync(HttpContext context)
    {
        using var sent = new MemoryStream();
        await context.Request.Body.CopyToAsync(sent, context.RequestAborted);
        var reply = Receive(context.Request, sent.ToArray(), out var request);
        _changes.Pulse();
        if (reply.After is { } release)
            await release.WaitAsync(context.RequestAborted);
        if (reply.Keeps)
        {
            lock (_lock)
                _kept.Add(request!);
            _changes.Pulse();
        }

        await reply.WriteAsync(context);
    }

    private DatadogReply Receive(HttpRequest http, byte[] sent, out DatadogRequest? request)
    {
        request = null;
        string path = http.Path;
        string? coding = http.Headers.ContentEncoding;
        try
        {
            var body = DatadogBodies.Decompress(sent, coding);
            if (DatadogBodies.Decode(path, http.ContentType, body) is not { } decoded)
                return new DatadogReply(path.StartsWith("/api", StringComparison.Ordinal) ? 415 : 404);
            request = new DatadogRequest
            {
                Path = path,
                Headers = http.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
                ContentEncoding = coding,
                CompressedLength = sent.Length,
                Body = body,
                Message = decoded.Message,
                Items = decoded.Items,
            };
        }
        catch (Exception malformed) when (malformed is NotSupportedException or InvalidDataException or InvalidProtocolBufferException
            or JsonException or MessagePackSerializationException or ZstdSharp.ZstdException)
        {
            return new DatadogReply(400, $$"""{"errors":["{{malformed.GetType().Name}}"]}""");
        }

        lock (_lock)
        {
            _requests.Add(request);
            return Script(request) ?? Judge(request);
        }
    }

    private DatadogReply Judge(DatadogRequest request)
    {
        if (request.Headers.GetValueOrDefault("DD-API-KEY") != ApiKey)
            return DatadogReply.Forbidden;
        var limits = Limits(request.Path);
        return request.CompressedLength > limits.Compressed || request.Body.Length > limits.Uncompressed || request.Items > limits.Items
            ? DatadogReply.TooLarge
            : DatadogReply.Accept;
    }
}
