using System.IO.Compression;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
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

    /// <summary>Waits until one span is there, by its id in big-endian order.</summary>
    public Task SeenAsync(ulong id, CancellationToken cancellation) => Watchdog.UntilAsync(
        _changes, () => Has(id), () => $"span {id:x16} among {Count}", cancellation);

    public bool Has(ulong id)
    {
        lock (_ids)
            return _ids.Contains(id);
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
            await StopAsync();
    }

    private async Task ReceiveAsync(HttpContext context)
    {
        using var body = new MemoryStream((int)(context.Request.ContentLength ?? 0));
        await using var decoded = context.Request.Headers.ContentEncoding == "gzip"
            ? new GZipStream(context.Request.Body, CompressionMode.Decompress)
            : context.Request.Body;
        await decoded.CopyToAsync(body, context.RequestAborted);
        var ids = new List<ulong>(8192);
        SpanReader.Read(body.GetBuffer().AsSpan(0, (int)body.Length), ids);
        lock (_ids)
        {
            foreach (var id in ids)
            {
                if (!_ids.Add(id))
                    Duplicates++;
            }
        }

        _changes.Pulse();
    }
}
