using System.Net.Http.Headers;
using System.Text;
using Rotel.Exporters.Http;

namespace Rotel.Exporters.Authentication;

/// <summary>
/// Asks a token endpoint for one token (https://www.rfc-editor.org/rfc/rfc6749#section-4.4). The client authenticates with HTTP Basic,
/// which every server must know, and where that is refused once more within the form, which some only know.
/// </summary>
/// <param name="options">What to ask for; valid.</param>
/// <param name="client">Connections to the endpoint; owned by this.</param>
/// <param name="time">For the time-out.</param>
internal sealed class OAuth2TokenSource(OAuth2Options options, ExporterHttpClient client, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    private readonly Uri _url = options.Url!;
    private readonly string _name = PeerText.Show(options.Url!);

    /// <summary>Section 2.3.1 wants both in form encoding within Basic.</summary>
    private readonly string _basic = "Basic " + Convert.ToBase64String(
        Encoding.ASCII.GetBytes($"{Uri.EscapeDataString(options.ClientId!)}:{Uri.EscapeDataString(options.ClientSecret!)}"));

    private volatile bool _secretInForm;

    /// <summary>A token, or why there is none. What the endpoint said is not repeated but for the code of its refusal.</summary>
    public async Task<(OAuth2Token Token, string? Problem)> FetchAsync()
    {
        using var timeout = new CancellationTokenSource(Timeout, time);
        try
        {
            var secretInForm = _secretInForm;
            var (code, token) = await AskAsync(secretInForm, timeout.Token).ConfigureAwait(false);
            if (!secretInForm && code is 400 or 401)
            {
                (code, token) = await AskAsync(secretInForm: true, timeout.Token).ConfigureAwait(false);
                _secretInForm = code == 200;
            }

            if (code == 200 && token.AccessToken is { } text && RequestHeaders.Problem(RequestHeaders.Authorization, text) is null)
                return (token, null);
            var reason = token.Error is { } error ? $": {WithoutSecrets(error)}" : code == 200 ? " without one" : "";
            return (default, $"no OAuth2 token: HTTP {code} from {_name}{reason}");
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            return (default, $"no OAuth2 token: no answer from {_name} within {Timeout.TotalSeconds:0} s");
        }
        catch (Exception exception) when (HttpFailure.IsTransport(exception, timeout.Token))
        {
            return (default, $"no OAuth2 token: {WithoutSecrets(HttpFailure.Describe(exception, _name))}");
        }
    }

    public void Dispose() => client.Dispose();

    /// <summary>Even the code of a refusal can be an echo.</summary>
    private string WithoutSecrets(string text) =>
        SentSecrets.Remove([options.ClientSecret!, .. options.Parameters.Values, .. SentSecrets.Of(_basic)], text);

    private async Task<(int Code, OAuth2Token Token)> AskAsync(bool secretInForm, CancellationToken cancellationToken)
    {
        var form = new List<KeyValuePair<string, string>> { new("grant_type", "client_credentials") };
        if (options.Scopes.Count > 0)
            form.Add(new("scope", string.Join(' ', options.Scopes)));
        form.AddRange(options.Parameters);
        if (secretInForm)
        {
            form.Add(new("client_id", options.ClientId!));
            form.Add(new("client_secret", options.ClientSecret!));
        }

        using var request = new HttpRequestMessage(HttpMethod.Post, _url) { Content = new FormUrlEncodedContent(form) };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        RequestHeaders.Set(request, "User-Agent", ExporterHttpClient.UserAgent);
        if (!secretInForm)
            RequestHeaders.Set(request, RequestHeaders.Authorization, _basic);

        using var response = await client.SendAsync(request, cancellationToken).ConfigureAwait(false);
        using var body = await ResponseBody.ReadAsync(response, cancellationToken).ConfigureAwait(false);
        return ((int)response.StatusCode, OAuth2Token.Read(body.Bytes.Span));
    }
}
