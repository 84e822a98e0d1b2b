using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Rotel.EndToEnd.Security;

/// <summary>A server whose answers are no HTTP, but hold a header of the request where a status or a header's name should be.</summary>
internal sealed class GarblingServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _accepting;
    private int _answers;

    public GarblingServer()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public Uri Url => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}");

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
            using var reader = new StreamReader(stream, Encoding.ASCII, leaveOpen: true);
            var authorization = "";
            while (await reader.ReadLineAsync(_stop.Token) is { Length: > 0 } line)
            {
                if (line.StartsWith("Authorization: ", StringComparison.OrdinalIgnoreCase))
                    authorization = line["Authorization: ".Length..];
            }

            var answer = (Interlocked.Increment(ref _answers) % 3) switch
            {
                0 => $"HTTP/1.1 200 OK\r\n{authorization}\r\n\r\n",
                1 => $"HTTP/1.1 {authorization}\r\n\r\n",
                _ => $"{authorization}\r\n\r\n",
            };
            await stream.WriteAsync(Encoding.ASCII.GetBytes(answer), _stop.Token);
            client.Client.Shutdown(SocketShutdown.Send);
            await stream.CopyToAsync(Stream.Null, _stop.Token);
        }
        catch (Exception exception) when (exception is IOException or SocketException or OperationCanceledException)
        {
            // Either end has gone.
        }
    }
}
