using System.Net;
using System.Text;
using Rotel.Exporters.Http;
using Rotel.Pipelines;

namespace Rotel.Exporters.ClickHouse.Server;

/// <summary>
/// Speaks ClickHouse's HTTP interface (https://clickhouse.com/docs/interfaces/http). Uses the first host that can
/// be reached and answers until it no longer does, then the next one.
/// </summary>
internal sealed class ClickHouseClient : IDisposable
{
    private const string UserHeader = "X-ClickHouse-User";
    private const string PasswordHeader = "X-ClickHouse-Key";

    private readonly HttpMessageInvoker _connections;
    private readonly TimeProvider _time;
    private readonly ClickHouseHost[] _hosts;
    private readonly List<(string Name, string Value)> _headers = [];
    private int _current;

    /// <param name="options">Valid options.</param>
    /// <param name="context">What the exporter works with.</param>
    public ClickHouseClient(ClickHouseExporterOptions options, ExporterContext context)
    {
        _time = context.Time;
        _hosts = [.. options.Endpoints.Select(endpoint => new ClickHouseHost(endpoint))];
        var tls = ClientTls.TryCreate(options.Tls, "", context.Time, context.Logger, out var fault);
        if (fault is not null)
            throw new InvalidOperationException($"Exporter '{context.Name}': {fault}.");
        _connections = new ExporterHttpClient(options.Connection, context, tls);
        AddCredentials(options.User, options.Password);
    }

    public IReadOnlyList<ClickHouseHost> Hosts => _hosts;

    /// <summary>
    /// Sends a statement that has no data to the first host that can be reached, and returns what that or the last one said.
    /// </summary>
    /// <param name="parameters">Of the URL, escaped.</param>
    /// <param name="statement">The body.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public async ValueTask<ServerAnswer> ExecuteAsync(string parameters, string statement, CancellationToken cancellationToken)
    {
        ReadOnlyMemory<byte>[] body = [Encoding.UTF8.GetBytes(statement)];
        return await SendAsync(parameters, body, null, null, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Sends a request to <paramref name="only"/>, or to the first host that can be reached, and returns what that or the last one said.
    /// The
    /// body's memory is the caller's again when this returns, however it does.
    /// </summary>
    /// <param name="parameters">Of the URL, escaped.</param>
    /// <param name="body">The body.</param>
    /// <param name="only">Null for any host.</param>
    /// <param name="mayHaveArrived">Told of a host that may have got everything when the attempt is cut off, which throws.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public async ValueTask<ServerAnswer> SendAsync(
        string parameters,
        IReadOnlyList<ReadOnlyMemory<byte>> body,
        ClickHouseHost? only,
        Action<ClickHouseHost>? mayHaveArrived,
        CancellationToken cancellationToken)
    {
        if (only is not null)
            return await SendToAsync(only, parameters, body, mayHaveArrived, cancellationToken).ConfigureAwait(false);

        var first = Volatile.Read(ref _current);
        for (var i = 0; ; i++)
        {
            var index = (first + i) % _hosts.Length;
            ServerAnswer answer;
            try
            {
                answer = await SendToAsync(_hosts[index], parameters, body, mayHaveArrived, cancellationToken).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                Volatile.Write(ref _current, (index + 1) % _hosts.Length);
                throw;
            }

            if (answer.TriesNext && i < _hosts.Length - 1)
                continue;

            // What one did not answer may not be asked of another, but what comes next may.
            var isUsable = answer.Kind is ServerAnswerKind.Success or ServerAnswerKind.Failure
                && !answer.TriesNext && answer.Code != ServerErrors.TableIsReadOnly;
            Volatile.Write(ref _current, isUsable ? index : (index + 1) % _hosts.Length);
            return answer;
        }
    }

    public void Dispose() => _connections.Dispose();

    private async ValueTask<ServerAnswer> SendToAsync(
        ClickHouseHost host,
        string parameters,
        IReadOnlyList<ReadOnlyMemory<byte>> body,
        Action<ClickHouseHost>? mayHaveArrived,
        CancellationToken cancellationToken)
    {
        using var content = new SegmentsContent(body);
        using var request = new HttpRequestMessage(HttpMethod.Post, host.UrlOf(parameters))
        {
            Content = content,
            Version = HttpVersion.Version11,
        };
        request.Headers.TryAddWithoutValidation("User-Agent", ExporterHttpClient.UserAgent);
        foreach (var (name, value) in _headers)
            request.Headers.TryAddWithoutValidation(name, value);
        try
        {
            using var response = await _connections.SendAsync(request, cancellationToken).ConfigureAwait(false);
            return await ReadAsync(host, request, response, content, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (HttpFailure.IsTransport(exception, cancellationToken))
        {
            var kind = IsUnreachable(exception, content) ? ServerAnswerKind.Unreachable : ServerAnswerKind.Unanswered;
            var text = SentSecrets.RemoveHeaders(request, HttpFailure.Describe(exception, host.Name));
            return new(kind, host, 0, 0, text) { MayHaveArrived = content.MayBeComplete };
        }
        catch (Exception exception) when (exception is OperationCanceledException or HttpRequestException or IOException)
        {
            if (content.MayBeComplete)
                mayHaveArrived?.Invoke(host);

            // A connection that is cut by the attempt's end may say so in its own words.
            throw new OperationCanceledException("The attempt is over.", exception, cancellationToken);
        }
        finally
        {
            // An answer can come before the whole body is written, and its memory is the caller's again once this returns.
            await content.StopAsync().ConfigureAwait(false);
        }
    }

    private async ValueTask<ServerAnswer> ReadAsync(
        ClickHouseHost host,
        HttpRequestMessage request,
        HttpResponseMessage response,
        SegmentsContent content,
        CancellationToken cancellationToken)
    {
        using var body = await ResponseBody.ReadAsync(response, cancellationToken, keepsPart: true).ConfigureAwait(false);
        var code = response.Headers.TryGetValues(ServerAnswer.CodeHeader, out var values) ? values.FirstOrDefault() : null;
        var answer = ServerAnswer.Read(host, (int)response.StatusCode, code, body.Bytes.Span, body.IsComplete);
        return answer.IsSuccess ? answer : answer with
        {
            Text = SentSecrets.RemoveHeaders(request, PeerText.Clean(answer.Text)),
            RetryAfter = HttpFailure.RetryAfter(response.Headers, _time),
            MayHaveArrived = content.MayBeComplete,
        };
    }

    /// <summary>Whether a connection could not be made at all.</summary>
    private static bool IsUnreachable(Exception exception, SegmentsContent content) => !content.MayBeComplete && exception switch
    {
        OperationCanceledException => true,
        HttpRequestException request => request.HttpRequestError
            is HttpRequestError.NameResolutionError
            or HttpRequestError.ConnectionError
            or HttpRequestError.SecureConnectionError
            or HttpRequestError.ProxyTunnelError,
        _ => false,
    };

    /// <summary>In headers of ClickHouse's own, or as Basic where those cannot hold the characters.</summary>
    private void AddCredentials(string? user, string? password)
    {
        if (string.IsNullOrEmpty(user) && string.IsNullOrEmpty(password))
            return;

        user = string.IsNullOrEmpty(user) ? "default" : user;
        if (RequestHeaders.Problem(UserHeader, user) is null && RequestHeaders.Problem(PasswordHeader, password ?? "") is null)
        {
            _headers.Add((UserHeader, user));
            if (!string.IsNullOrEmpty(password))
                _headers.Add((PasswordHeader, password));
            return;
        }

        _headers.Add((RequestHeaders.Authorization, $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"))}"));
    }
}
