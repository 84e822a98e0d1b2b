using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Rotel.TestKit.Backends;

namespace Rotel.EndToEnd.Security;

/// <summary>
/// What stands between Rotel and a backend, at its worst: a proxy that asks for credentials and a token endpoint, which tell everybody all
/// that they are told.
/// </summary>
internal sealed class EchoingServer : IAsyncDisposable
{
    private readonly WebApplication _server;
    private readonly string _token;
    private readonly string _errorCode;
    private int _asked;

    private EchoingServer(WebApplication server, string token, string errorCode) =>
        (_server, _token, _errorCode) = (server, token, errorCode);

    public Uri Url => new(_server.Urls.Single());

    /// <param name="token">What the token endpoint gives out.</param>
    /// <param name="errorCode">The code it refuses with.</param>
    /// <param name="cancellation">The token of the test.</param>
    public static async Task<EchoingServer> StartAsync(string token, string errorCode, CancellationToken cancellation)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(
            IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1));
        BackendIsolation.Apply(builder.Services);
        var server = builder.Build();
        var echoing = new EchoingServer(server, token, errorCode);
        server.Run(echoing.AnswerAsync);
        await server.StartAsync(cancellation);
        return echoing;
    }

    /// <summary>Of every header that may hold a secret: as it came, escaped as in a URL, and what Basic hides.</summary>
    public static string Echo(IEnumerable<KeyValuePair<string, string>> headers) => string.Join(
        ' ',
        headers.Where(MayBeSecret).Select(header =>
        {
            var credentials = header.Value[(header.Value.IndexOf(' ', StringComparison.Ordinal) + 1)..];
            var bytes = new byte[credentials.Length];
            return Convert.TryFromBase64String(credentials, bytes, out var length)
                ? $"{header.Value} {Encoding.UTF8.GetString(bytes, 0, length)}"
                : $"{header.Value} {Uri.EscapeDataString(header.Value)}";
        }));

    public async ValueTask DisposeAsync()
    {
        await _server.StopAsync(new CancellationToken(canceled: true));
        await _server.DisposeAsync();
    }

    private static bool MayBeSecret(KeyValuePair<string, string> header) =>
        header.Key.EndsWith("authorization", StringComparison.OrdinalIgnoreCase)
            || header.Key.StartsWith("x-", StringComparison.OrdinalIgnoreCase);

    private async Task AnswerAsync(HttpContext context)
    {
        var request = context.Request;
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, context.RequestAborted);
        var headers = request.Headers.Select(header => new KeyValuePair<string, string>(header.Key, header.Value.ToString()));
        var text = $"{request.QueryString} {Echo(headers)}";
        if (request.Path == "/token")
        {
            var asked = Interlocked.Increment(ref _asked) % 4;
            context.Response.StatusCode = asked switch { 0 => 200, 1 => 500, _ => 401 };
            context.Response.ContentType = "application/json";
            var form = Encoding.UTF8.GetString(body.ToArray());
            await context.Response.WriteAsync(
                asked == 0
                    ? $$"""{"access_token":"{{_token}}","token_type":"Bearer","expires_in":1}"""
                    : $$"""{"error":"{{_errorCode}}","error_description":"{{text.Replace('"', ' ')}} {{form}}"}""",
                context.RequestAborted);
            return;
        }

        // Both ways that a proxy asks and refuses.
        var isKnown = request.Headers.ProxyAuthorization.Count > 0;
        context.Response.StatusCode = isKnown ? StatusCodes.Status502BadGateway : StatusCodes.Status407ProxyAuthenticationRequired;
        if (!isKnown)
            context.Response.Headers.ProxyAuthenticate = "Basic realm=\"echo\"";
        context.Response.ContentType = "text/plain";
        await context.Response.WriteAsync(text, context.RequestAborted);
    }
}
