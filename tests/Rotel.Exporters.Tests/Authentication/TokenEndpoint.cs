using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Rotel.Exporters.Tests.Authentication;

/// <summary>An OAuth 2.0 token endpoint that gives out <c>token-1</c>, <c>token-2</c> and so on, or answers what a test wants.</summary>
internal sealed class TokenEndpoint : IAsyncDisposable
{
    private readonly RawServer _server;
    private int _given;

    private TokenEndpoint(RawServer server) => _server = server;

    public Uri Url => new(_server.Endpoint, "/token");

    /// <summary>What was asked: the Authorization header and the form.</summary>
    public ConcurrentQueue<(string Authorization, Dictionary<string, string> Form)> Requests { get; } = [];

    /// <summary>Answers instead, when it returns true.</summary>
    public Func<HttpContext, Dictionary<string, string>, Task<bool>>? Instead { get; set; }

    /// <summary>How long tokens are said to be good for, as JSON.</summary>
    public string ExpiresIn { get; set; } = "3600";

    public static async Task<TokenEndpoint> StartAsync(HttpsConnectionAdapterOptions? tls = null)
    {
        TokenEndpoint? endpoint = null;
        endpoint = new TokenEndpoint(await RawServer.StartAsync(HttpProtocols.Http1, context => endpoint!.AnswerAsync(context), tls));
        return endpoint;
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        var form = (await context.Request.ReadFormAsync(context.RequestAborted)).ToDictionary(field => field.Key, field => field.Value.ToString());
        Requests.Enqueue((context.Request.Headers.Authorization.ToString(), form));
        if (Instead is { } instead && await instead(context, form))
            return;
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(
            $$"""{"access_token":"token-{{Interlocked.Increment(ref _given)}}","token_type":"Bearer","expires_in":{{ExpiresIn}}}""",
            context.RequestAborted);
    }
}
