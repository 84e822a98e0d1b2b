using System.IO.Compression;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using OpenTelemetry.Proto.Collector.Trace.V1;
using Rotel.TestKit;

namespace Rotel.EndToEnd;

/// <summary>A backend for very many spans: it keeps their ids and nothing else. Goes away and comes back on the same port.</summary>
internal sealed class SpanCounter : IAsyncDisposable
{
    private readonly HashSet<ulong> _ids = [];
    private readonly ChangeSignal _changes = new();
    private WebApplication? _server;
    private int _port;

    public Uri Endpoint => new($"http://127.0.0.1:{_port}");

    /// <summary>Different spans that have arrived.</summary>
    public int Count
    {
        get
        {
            lock (_ids)
                return _ids.Count;
        }
    }

    /// <summary>Spans that came again: an answer can be lost when the backend goes away.</summary>
    public int Duplicates { get; private set; }

    public async Task StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen(IPAddress.Loopback, _port);
        });
        _server = builder.Build();
        _server.Run(ReceiveAsync);
        await _server.StartAsync(TestContext.Current.CancellationToken);
        _port = new Uri(_server.Urls.First()).Port;
    }

    public async Task StopAsync()
    {
        await _server!.StopAsync(new CancellationToken(canceled: true));
        await _server.DisposeAsync();
        _server = null;
    }

    /// <summary>Waits until so many have arrived, but no longer than that.</summary>
    public async Task WaitAsync(int count, TimeSpan patience)
    {
        using var deadline = new CancellationTokenSource(patience);
        while (!deadline.IsCancellationRequested)
        {
            var next = _changes.Next;
            if (Count >= count)
                return;
            await next.WaitAsync(deadline.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await StopAsync();
    }

    private async Task ReceiveAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await using var gzip = new GZipStream(context.Request.Body, CompressionMode.Decompress);
        await gzip.CopyToAsync(body, context.RequestAborted);
        body.Position = 0;
        var request = ExportTraceServiceRequest.Parser.ParseFrom(body);
        lock (_ids)
        {
            foreach (var span in request.ResourceSpans.SelectMany(resource => resource.ScopeSpans).SelectMany(scope => scope.Spans))
            {
                if (!_ids.Add(BitConverter.ToUInt64(span.SpanId.Span)))
                    Duplicates++;
            }
        }

        _changes.Pulse();
    }
}
