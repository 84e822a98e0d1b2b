using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Rotel.TestKit;

namespace Rotel.Receivers.Sharing;

/// <summary>Requests of a follower, by the runtime's own client.</summary>
internal sealed class FollowerHttp(SharedSetup setup) : IDisposable
{
    private readonly HttpClient _client = new(new SocketsHttpHandler
    {
        UseProxy = false,
        ConnectCallback = async (_, cancellation) =>
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(IPAddress.Loopback, setup.Endpoint.Port, cancellation);
            var stream = new NetworkStream(socket, ownsSocket: true);
            Assert.True(await SharedHandshake.OfferAsync(stream, setup.Token, cancellation));
            return stream;
        },
    })
    {
        BaseAddress = new Uri($"http://127.0.0.1:{setup.Endpoint.Port}"),
        Timeout = Timeout.InfiniteTimeSpan,
    };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async Task<HttpResponseMessage> PostAsync(string path, byte[] body, bool awaitDelivery = false, string? metadata = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
        if (awaitDelivery)
            request.Headers.Add("rotel-acknowledge", "delivered");
        if (metadata is not null)
            request.Headers.Add("rotel-metadata", metadata);
        return await Watchdog.WaitAsync(_client.SendAsync(request, Cancellation), "an answer", Cancellation);
    }

    /// <summary>The answer as soon as its headers are there.</summary>
    public Task<HttpResponseMessage> LinkAsync() => Watchdog.WaitAsync(
        _client.GetAsync(new Uri("/rotel/link", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, Cancellation),
        "the link",
        Cancellation);

    public void Dispose() => _client.Dispose();
}
