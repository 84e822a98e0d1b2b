using System.Net;

namespace Rotel.Processors.Detection;

/// <summary>
/// Asks the metadata services that platforms offer to what runs on them. They are found at link-local addresses, so no proxy stands
/// between; what they answer is not ours, so no redirect is followed and only so much is read. Neither URLs nor answers are shown: a
/// token is among them.
/// </summary>
internal sealed class MetadataClient(DetectionSurroundings surroundings) : IDisposable
{
    /// <summary>The most that is read of an answer. That of a task with ten containers has about 20 KiB.</summary>
    public const int MaxAnswerBytes = 256 * 1024;

    private const int MaxHeadersKiB = 16;

    private readonly HttpMessageInvoker _invoker = new(CreateHandler(surroundings), disposeHandler: true);

    /// <summary>Asks once, with one header. Does not throw: that there is no answer in time is a value too.</summary>
    public async Task<MetadataAnswer> AskAsync(
        HttpMethod method, Uri url, KeyValuePair<string, string>? header, CancellationToken cancellationToken)
    {
        try
        {
            using var request = new HttpRequestMessage(method, url);
            if (header is { } given)
                request.Headers.TryAddWithoutValidation(given.Key, given.Value);
            using var response = await _invoker.SendAsync(request, cancellationToken).ConfigureAwait(false);
            return response.StatusCode == HttpStatusCode.OK
                ? await ReadAsync(response, cancellationToken).ConfigureAwait(false)
                : MetadataAnswer.Failed($"HTTP {(int)response.StatusCode} from the metadata service");
        }
        catch (HttpRequestException exception)
        {
            return MetadataAnswer.Failed($"no answer from the metadata service ({exception.HttpRequestError})");
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException)
        {
            return MetadataAnswer.Failed("the metadata service broke off its answer");
        }
        catch (OperationCanceledException)
        {
            return MetadataAnswer.Failed("no answer from the metadata service in time");
        }
    }

    public void Dispose() => _invoker.Dispose();

    private static SocketsHttpHandler CreateHandler(DetectionSurroundings surroundings) => new()
    {
        UseProxy = false,
        UseCookies = false,
        AllowAutoRedirect = false,
        AutomaticDecompression = DecompressionMethods.None,
        MaxResponseHeadersLength = MaxHeadersKiB,

        // Neither the host's traces nor its metrics show these requests.
        ActivityHeadersPropagator = null,
        MeterFactory = surroundings.MeterFactory,
        ConnectCallback = surroundings.Connect,
    };

    private static async Task<MetadataAnswer> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using var _ = stream.ConfigureAwait(false);
        using var body = new MemoryStream();
        var block = new byte[4096];
        while (await stream.ReadAsync(block, cancellationToken).ConfigureAwait(false) is var count and > 0)
        {
            if (body.Length + count > MaxAnswerBytes)
                return MetadataAnswer.Failed($"the metadata service answered more than {MaxAnswerBytes / 1024} KiB");
            body.Write(block, 0, count);
        }

        return new MetadataAnswer(body.ToArray(), null);
    }
}
