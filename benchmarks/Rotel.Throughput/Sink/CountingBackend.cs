using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Rotel.Otlp;
using Rotel.Throughput.Children;

namespace Rotel.Throughput.Sink;

/// <summary>
/// A backend that accepts everything at once, OTLP, inserts into ClickHouse or what Datadog takes, and counts it: Kestrel with one handler and nothing before it, so that the collector, not its
/// backend, sets the pace.
/// </summary>
internal sealed class CountingBackend : IAsyncDisposable
{
    // gRPC's empty Export response: not compressed, length 0.
    private static readonly byte[] EmptyGrpcMessage = new byte[5];

    private static readonly byte[] EmptyJson = "{}"u8.ToArray();

    private readonly WebApplication _application;
    private readonly FreshSpans? _fresh;
    private long _items;
    private long _requests;
    private long _wireBytes;
    private long _malformed;
    private long _dataPoints;

    /// <param name="tls">Where its certificate is, or null to listen in the clear.</param>
    /// <param name="fresh">Told of the spans that say when they were sent; null where none are expected.</param>
    public CountingBackend(TlsFolder? tls, FreshSpans? fresh = null)
    {
        _fresh = fresh;
        _application = ListenerPair.Build(limits =>
        {
            // Wide flow-control windows: a batch of some MB need not wait for window updates.
            limits.Http2.InitialStreamWindowSize = 8 * 1024 * 1024;
            limits.Http2.InitialConnectionWindowSize = 32 * 1024 * 1024;
        }, tls);
        _application.Run(AnswerAsync);
    }

    public SinkReport Report => new(
        Interlocked.Read(ref _items),
        Interlocked.Read(ref _requests),
        Interlocked.Read(ref _wireBytes),
        Interlocked.Read(ref _malformed),
        Interlocked.Read(ref _dataPoints));

    /// <summary>Where it takes OTLP over HTTP/1.1, once started.</summary>
    public string HttpEndpoint => ListenerPair.HttpUrl(_application);

    public Task StartAsync() => _application.StartAsync();

    public void PrintReadiness() => ListenerPair.PrintReadiness("sink", _application);

    public ValueTask DisposeAsync() => _application.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        var grpc = context.Request.Protocol == "HTTP/2";
        if (!grpc && context.Request.Path == ClickHouseBackend.Path)
        {
            var (rows, insertBytes) = await ClickHouseBackend.AnswerAsync(context);
            if (insertBytes > 0)
                Count(rows, insertBytes);
            return;
        }

        if (!grpc && DatadogBackend.Takes(context.Request.Path))
        {
            var (spans, payloadBytes) = await DatadogBackend.AnswerAsync(context);
            Count(spans, payloadBytes);
            return;
        }

        if (OtlpRoutes.SignalOf(context.Request.Path) is not { } signal)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        var (items, wireBytes) = await RequestReader.CountAsync(context.Request, signal, grpc, _fresh);
        Count(items, wireBytes);
        if (signal == OtlpSignal.Metrics && items > 0)
            Interlocked.Add(ref _dataPoints, items);
        if (grpc)
        {
            context.Response.ContentType = "application/grpc";
            if (items >= 0)
                await context.Response.Body.WriteAsync(EmptyGrpcMessage);
            context.Response.AppendTrailer("grpc-status", items >= 0 ? "0" : "3");
        }
        else
        {
            var answer = RequestReader.IsJson(context.Request) ? EmptyJson : [];
            context.Response.ContentType = context.Request.ContentType;
            context.Response.ContentLength = answer.Length;
            context.Response.StatusCode = items >= 0 ? StatusCodes.Status200OK : StatusCodes.Status400BadRequest;
            if (answer.Length > 0)
                await context.Response.Body.WriteAsync(answer);
        }
    }

    private void Count(long items, long wireBytes)
    {
        Interlocked.Increment(ref _requests);
        Interlocked.Add(ref _wireBytes, wireBytes);
        if (items < 0)
            Interlocked.Increment(ref _malformed);
        else
            Interlocked.Add(ref _items, items);
    }
}
