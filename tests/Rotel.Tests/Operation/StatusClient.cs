using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Rotel.TestKit;

namespace Rotel.Operation;

/// <summary>Asks a status endpoint as a probe does.</summary>
internal sealed class StatusClient(EndPoint endpoint) : IDisposable
{
    private readonly HttpClient _client = new(new SocketsHttpHandler
    {
        ConnectCallback = async (_, cancellation) =>
        {
            var socket = endpoint is UnixDomainSocketEndPoint
                ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
                : new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(endpoint, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        },
    });

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async Task<HttpResponseMessage> SendAsync(string path, string method = "GET", string? host = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri($"http://localhost{path}"));
        request.Headers.Host = host;
        return await Watchdog.WaitAsync(_client.SendAsync(request, Cancellation), "an answer", Cancellation);
    }

    public async Task<(int Code, JsonElement Json)> ReadAsync(string path)
    {
        using var answer = await SendAsync(path);
        Assert.Equal("application/json", answer.Content.Headers.ContentType?.MediaType);
        return ((int)answer.StatusCode, JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Cancellation)).RootElement);
    }

    public void Dispose() => _client.Dispose();
}
