using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Rotel.Exporters.Tests;

/// <summary>An HTTP proxy for one connection at a time and target: it tunnels, forwards, and asks for credentials where it is told to.</summary>
internal sealed class TestProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly string? _credentials;
    private readonly Task _accepting;

    public TestProxy(string? credentials = null)
    {
        _credentials = credentials is null ? null : Convert.ToBase64String(Encoding.ASCII.GetBytes(credentials));
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>The request lines and headers of what came, in order.</summary>
    public ConcurrentQueue<string> Heads { get; } = [];

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stop.IsCancellationRequested)
            _ = ServeAsync(await _listener.AcceptTcpClientAsync(_stop.Token));
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var _ = client;
        try
        {
            var stream = client.GetStream();
            var received = new List<byte>();
            var head = await ReadHeadAsync(stream, received);
            Heads.Enqueue(head);
            if (_credentials is not null && !head.Contains($"Proxy-Authorization: Basic {_credentials}", StringComparison.OrdinalIgnoreCase))
            {
                await stream.WriteAsync(
                    "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"t\"\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"u8
                        .ToArray(),
                    _stop.Token);
                client.Client.Shutdown(SocketShutdown.Send);

                // What is still on its way is read, so that the answer is not lost with a reset.
                await stream.CopyToAsync(Stream.Null, _stop.Token);
                return;
            }

            var words = head.Split(' ', 3);
            var isTunnel = words[0] == "CONNECT";
            var target = isTunnel ? new Uri($"tcp://{words[1]}") : new Uri(words[1]);
            using var server = new TcpClient();
            await server.ConnectAsync(target.Host, target.Port, _stop.Token);
            var other = server.GetStream();
            if (isTunnel)
                await stream.WriteAsync("HTTP/1.1 200 OK\r\n\r\n"u8.ToArray(), _stop.Token);
            else
                await other.WriteAsync(received.ToArray(), _stop.Token);
            await Task.WhenAny(stream.CopyToAsync(other, _stop.Token), other.CopyToAsync(stream, _stop.Token));
        }
        catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException)
        {
            // Either end has gone.
        }
    }

    private async Task<string> ReadHeadAsync(NetworkStream stream, List<byte> received)
    {
        var block = new byte[4096];
        while (true)
        {
            var count = await stream.ReadAsync(block, _stop.Token);
            received.AddRange(block.AsSpan(0, count));
            var text = Encoding.ASCII.GetString(received.ToArray());
            var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (end >= 0 || count == 0)
                return end < 0 ? text : text[..end];
        }
    }
}
