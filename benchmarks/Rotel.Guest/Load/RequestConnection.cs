using System.Globalization;
using Rotel.Throughput.Load;

namespace Rotel.Guest.Load;

/// <summary>A client of the application: one keep-alive connection, one request at a time.</summary>
internal sealed class RequestConnection(Uri application) : ILoadConnection
{
    private readonly HttpMessageInvoker _invoker = new(new SocketsHttpHandler
    {
        MaxConnectionsPerServer = 1,
        UseProxy = false,
        UseCookies = false,
        ActivityHeadersPropagator = null,
    });

    public async Task<SendOutcome> SendAsync(long request, CancellationToken cancellationToken)
    {
        var path = string.Create(CultureInfo.InvariantCulture, $"/orders/{request % 10_000}");
        using var message = new HttpRequestMessage(HttpMethod.Get, new Uri(application, path));
        using var response = await _invoker.SendAsync(message, cancellationToken);
        var answer = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        return response.IsSuccessStatusCode && answer.Length > 0 ? SendOutcome.Accepted : SendOutcome.Refused;
    }

    public void Dispose() => _invoker.Dispose();
}
