using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Rotel.Processors.Detection;

/// <summary>
/// Stands for the metadata services of the clouds, on a port of its own; connections to their well-known addresses are led here. It
/// answers as the test says, 404 elsewhere, and remembers what it was asked.
/// </summary>
internal sealed class MetadataServer : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, RequestDelegate> _answers = new();
    private readonly ConcurrentQueue<(string Request, IReadOnlyDictionary<string, string> Headers)> _requests = new();
    private readonly ConcurrentQueue<string> _connections = new();
    private readonly TaskCompletionSource _hung = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private WebApplication? _server;

    public IReadOnlyList<(string Request, IReadOnlyDictionary<string, string> Headers)> Requests => [.. _requests];

    /// <summary>The hosts and ports that connections were asked for.</summary>
    public IReadOnlyList<string> Connections => [.. _connections];

    /// <summary>Done once a request hangs.</summary>
    public Task Hung => _hung.Task;

    public Uri Endpoint => new(_server!.Urls.Single());

    public static async Task<MetadataServer> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        var server = new MetadataServer { _server = builder.Build() };
        server._server.Run(server.AnswerAsync);
        await server._server.StartAsync(TestContext.Current.CancellationToken);
        return server;
    }

    /// <param name="request">Method, path and query.</param>
    /// <param name="answer">What is done then.</param>
    public MetadataServer On(string request, RequestDelegate answer)
    {
        _answers[request] = answer;
        return this;
    }

    public MetadataServer On(string request, string body) => On(request, context => context.Response.WriteAsync(body, Encoding.UTF8));

    public MetadataServer Hang(string request) => On(request, context =>
    {
        _hung.TrySetResult();
        return Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
    });

    /// <summary>Connects to here, wherever to it should be.</summary>
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext connection, CancellationToken cancellationToken)
    {
        _connections.Enqueue($"{connection.DnsEndPoint.Host}:{connection.DnsEndPoint.Port}");
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, Endpoint.Port), cancellationToken);
        return new NetworkStream(socket, ownsSocket: true);
    }

    public async ValueTask DisposeAsync()
    {
        // Requests that hang are cut, not waited for.
        await _server!.StopAsync(new CancellationToken(canceled: true));
        await _server.DisposeAsync();
    }

    private Task AnswerAsync(HttpContext context)
    {
        var request = $"{context.Request.Method} {context.Request.Path}{context.Request.QueryString}";
        _requests.Enqueue((request, context.Request.Headers.ToDictionary(
            header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase)));
        if (_answers.TryGetValue(request, out var answer))
            return answer(context);
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return context.Response.WriteAsync("nothing here");
    }
}
