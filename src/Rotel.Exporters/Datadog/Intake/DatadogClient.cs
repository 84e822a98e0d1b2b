using System.Net;
using System.Net.Http.Headers;
using Rotel.Exporters.Compression;
using Rotel.Exporters.Http;
using Rotel.Memory;
using Rotel.Pipelines;

namespace Rotel.Exporters.Datadog.Intake;

/// <summary>
/// Sends requests to Datadog's intakes, one attempt each, and says what their answers mean. A key that is refused is tried rarely: see
/// <see cref="KeyRefusals"/>. Safe for concurrent use.
/// </summary>
internal sealed class DatadogClient : IDisposable
{
    private const string KeyHeader = "DD-API-KEY";

    private static readonly MediaTypeHeaderValue Protobuf = new("application/x-protobuf");
    private static readonly MediaTypeHeaderValue MessagePack = new("application/msgpack");
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly HttpMessageInvoker _connections;
    private readonly DatadogSites _sites;
    private readonly BatchCompressor? _compressor;
    private readonly BatchCompressor? _statsCompressor;
    private readonly BufferPool _pool;
    private readonly TimeProvider _time;
    private readonly KeyRefusals _refusals;
    private readonly string _key;

    /// <param name="options">Valid options.</param>
    /// <param name="context">What the exporter works with.</param>
    public DatadogClient(DatadogExporterOptions options, ExporterContext context)
    {
        _key = options.ApiKey?.Trim()
            ?? throw new ArgumentException("There is no API key; settings are checked at start.", nameof(options));
        _pool = context.Pool;
        _time = context.Time;
        _sites = new DatadogSites(options);
        _refusals = new KeyRefusals(context);
        _compressor = options.Compression switch
        {
            DatadogCompression.Gzip => new GzipBatchCompressor(context.Pool),
            DatadogCompression.Zstd => new ZstdBatchCompressor(context.Pool),
            _ => null,
        };

        // The agent sends statistics in gzip whatever else it is told, so nothing else is known to be taken there.
        _statsCompressor = options.Compression == DatadogCompression.Zstd ? new GzipBatchCompressor(context.Pool) : _compressor;
        var tls = ClientTls.TryCreate(options.Tls, "", context.Time, context.Logger, out var fault);
        if (fault is not null)
            throw new InvalidOperationException($"Exporter '{context.Name}': {fault}.");
        _connections = new ExporterHttpClient(options.Connection, context, tls);
        var url = _sites.Url(DatadogIntake.Traces);
        if (options.Tls.SkipVerify)
            context.Logger.VerificationSkipped(context.Name, PeerText.Show(url), ClientTlsSettings.SkipVerify);
        if (url is { Scheme: "http", IsLoopback: false })
            context.Logger.CredentialsInClear(context.Name, PeerText.Show(url));
    }

    /// <summary>That the key is refused, for the health check; null while it may well be right.</summary>
    public string? Problem => _refusals.Problem;

    /// <summary>What compresses the bodies for an intake; null where they go as they are. This client's.</summary>
    public BatchCompressor? CompressorFor(DatadogIntake intake) => intake == DatadogIntake.Stats ? _statsCompressor : _compressor;

    /// <summary>Puts a body into the form <see cref="SendAsync"/> takes. The body stays the caller's, and the result is.</summary>
    public PooledSegments Compress(DatadogIntake intake, ReadOnlyMemory<byte> body)
    {
        if (CompressorFor(intake) is { } compressor)
            return compressor.Compress(body);
        var segments = new PooledSegments(_pool);
        segments.Write(body.Span);
        segments.Seal();
        return segments;
    }

    /// <summary>
    /// Makes one attempt. The body stays the caller's, and is read no more when this returns, however it does. Cancellation throws
    /// <see cref="OperationCanceledException"/>; every other failure is a value.
    /// </summary>
    /// <param name="intake">Where to.</param>
    /// <param name="body">Compressed by <see cref="CompressorFor"/>.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public async ValueTask<DatadogAnswer> SendAsync(DatadogIntake intake, PooledSegments body, CancellationToken cancellationToken)
    {
        if (_refusals.Wait(intake) is { } wait)
            return new(DatadogAnswerKind.Retry, KeyRefusals.Refused, wait);

        var url = _sites.Url(intake);
        var destination = PeerText.Show(url);
        var segments = new List<ReadOnlyMemory<byte>>(body.SegmentCount);
        body.AddTo(segments);
        using var content = new SegmentsContent(segments);
        using var request = new HttpRequestMessage(HttpMethod.Post, url)
        {
            Content = content,

            // HTTP/2 where TLS negotiates it; over cleartext this is HTTP/1.1.
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
        };
        Describe(request, intake);
        try
        {
            using var response = await _connections.SendAsync(request, cancellationToken).ConfigureAwait(false);
            var answer = await ReadAsync(request, response, destination, cancellationToken).ConfigureAwait(false);
            return _refusals.Note(intake, (int)response.StatusCode, destination, answer);
        }
        catch (Exception exception) when (HttpFailure.IsTransport(exception, cancellationToken))
        {
            var text = SentSecrets.RemoveHeaders(request, HttpFailure.Describe(exception, destination));
            return new(DatadogAnswerKind.Retry, text);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            // A connection that is cut by the attempt's end may say so in its own words.
            throw new OperationCanceledException("The attempt is over.", exception, cancellationToken);
        }
        finally
        {
            // An answer can come before the whole body is written, and its memory is the caller's again once this returns.
            await content.StopAsync().ConfigureAwait(false);
        }
    }

    public void Dispose()
    {
        _connections.Dispose();
        _compressor?.Dispose();
        if (!ReferenceEquals(_compressor, _statsCompressor))
            _statsCompressor?.Dispose();
    }

    private async ValueTask<DatadogAnswer> ReadAsync(
        HttpRequestMessage request, HttpResponseMessage response, string destination, CancellationToken cancellationToken)
    {
        try
        {
            using var said = await ResponseBody.ReadAsync(response, cancellationToken, keepsPart: true).ConfigureAwait(false);
            var answer = IntakeAnswers.Read(response, said.Bytes, destination, _time);
            return answer with { Message = answer.Message is { } text ? SentSecrets.RemoveHeaders(request, text) : null };
        }
        catch (Exception exception) when (
            response.IsSuccessStatusCode && exception is (HttpRequestException or IOException or OperationCanceledException))
        {
            // The status has said that it arrived. The body is only read so that the connection can be used again.
            return new(DatadogAnswerKind.Delivered);
        }
    }

    private void Describe(HttpRequestMessage request, DatadogIntake intake)
    {
        request.Headers.TryAddWithoutValidation("User-Agent", ExporterHttpClient.UserAgent);
        request.Headers.TryAddWithoutValidation(KeyHeader, _key);
        request.Content!.Headers.ContentType = intake switch
        {
            DatadogIntake.Stats => MessagePack,
            DatadogIntake.Logs or DatadogIntake.HostMetadata => Json,
            _ => Protobuf,
        };
        if (CompressorFor(intake) is { } compressor)
            request.Content.Headers.TryAddWithoutValidation("Content-Encoding", compressor.Name);
    }
}
