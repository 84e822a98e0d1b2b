using System.Net;
using System.Net.Sockets;
using OpenTelemetry;
using Rotel.Batching;
using Rotel.Exporters.Http;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.Receivers.Server;
using Rotel.Receivers.Sharing;

namespace Rotel.Sharing;

/// <summary>
/// A follower's connections to the process that holds the shared agent: the link, which tells when that one ends, and those that requests
/// need. Each begins with the <see cref="SharedHandshake"/>, so that nothing is sent to anybody else. Idle, only the link is left, and no
/// timer. Thread-safe.
/// </summary>
internal sealed class HolderClient : IDisposable
{
    /// <summary>How long a handshake, and the answer that opens the link, may take: the holder's machine may be starting many processes.</summary>
    internal static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(2);

    /// <summary>Below what the holder keeps silent connections for, so that it never closes one that is about to be used.</summary>
    private static readonly TimeSpan IdleTimeout = TimeSpan.FromSeconds(15);

    private readonly TimeProvider _time;
    private readonly string _name;
    private readonly Uri[] _paths;
    private readonly Uri _flushPath;
    private readonly CancellationTokenSource _closed = new();

    /// <summary>
    /// Of its own: a handler looks after its connections by a timer, for as long as it has any, where one of them may be closed for its age.
    /// </summary>
    private readonly HttpMessageInvoker _link;

    private readonly HttpMessageInvoker _requests;

    private HolderClient(AgentRecord holder, TimeProvider time)
    {
        Holder = holder;
        _time = time;
        _name = $"the process {holder.ProcessId} that holds the shared agent";
        var root = new Uri($"http://{IPAddress.Loopback}:{holder.Port}");
        _paths = [.. OtlpSignals.All.ToArray().Select(signal => new Uri(root, signal.HttpPath()))];
        _flushPath = new Uri(root, SharedProtocol.FlushPath);
        _link = CreateInvoker(Timeout.InfiniteTimeSpan);
        _requests = CreateInvoker(IdleTimeout);
    }

    /// <summary>The record it connects by.</summary>
    public AgentRecord Holder { get; }

    /// <summary>
    /// Completes, and never fails, when the link ends: with true where the holder has said that it leaves, with false where it is gone
    /// without a word or this is disposed. A pending read of a socket, nothing that polls.
    /// </summary>
    public Task<bool> Ended { get; private set; } = Task.FromResult(false);

    /// <summary>Opens the link.</summary>
    /// <returns>Null where nobody answers in time, or a stranger, or a holder that leaves.</returns>
    /// <exception cref="OperationCanceledException">The caller has cancelled.</exception>
    public static async Task<HolderClient?> ConnectAsync(AgentRecord record, TimeProvider time, CancellationToken cancellationToken)
    {
        var client = new HolderClient(record, time);
        try
        {
            if (await client.TryLinkAsync(cancellationToken).ConfigureAwait(false))
                return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }

        client.Dispose();
        return null;
    }

    /// <summary>Makes one attempt to hand over a batch in its wire form, as <see cref="IExporter.ExportAsync"/> does.</summary>
    /// <param name="batch">Stays the caller's.</param>
    /// <param name="awaitDelivery">Whether the holder answers when all its destinations have the data, and not when it has accepted it.</param>
    /// <param name="cancellationToken">The attempt's end.</param>
    /// <exception cref="OperationCanceledException">The attempt is over. The network never makes it throw.</exception>
    public async ValueTask<ExportOutcome> SendAsync(OtlpBatch batch, bool awaitDelivery, CancellationToken cancellationToken)
    {
        if (Ended.IsCompleted)
            return ExportOutcome.Retry($"{_name} has ended");

        using var content = SegmentsContent.Of(batch, encoded: null, default);
        using var request = new HttpRequestMessage(HttpMethod.Post, _paths[(int)batch.Signal]) { Content = content };
        if (awaitDelivery)
            request.Headers.TryAddWithoutValidation(SharedProtocol.Acknowledge, SharedProtocol.Delivered);
        if (batch.Payloads[0].Metadata is { } metadata)
            request.Headers.TryAddWithoutValidation(MetadataHeader.Name, MetadataHeader.Write(metadata));

        try
        {
            using var response = await _requests.SendAsync(request, cancellationToken).ConfigureAwait(false);
            return response.StatusCode == HttpStatusCode.OK
                ? ExportOutcome.Delivered()
                : await ReadRefusalAsync(response, batch.Signal, cancellationToken).ConfigureAwait(false);
        }
        catch (ObjectDisposedException)
        {
            return ExportOutcome.Retry($"{_name} is not followed any more");
        }
        catch (Exception exception) when (HttpFailure.IsTransport(exception, cancellationToken))
        {
            return HttpFailure.Retry(exception, _name);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            // A connection that is cut by the attempt's end may say so in its own words.
            throw new OperationCanceledException("The attempt is over.", exception, cancellationToken);
        }
        finally
        {
            // An answer can come before the whole body is written, and the batch is the caller's again once this returns.
            await content.StopAsync().ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Has the holder deliver all that it has accepted: true when nothing of it is left, false where it leaves or is gone before that.
    /// </summary>
    /// <exception cref="OperationCanceledException">The caller has cancelled.</exception>
    public async Task<bool> FlushAsync(CancellationToken cancellationToken)
    {
        using var unseen = SuppressInstrumentationScope.Begin();
        using var request = new HttpRequestMessage(HttpMethod.Post, _flushPath) { Content = new ByteArrayContent([]) };
        try
        {
            using var response = await _requests.SendAsync(request, cancellationToken).ConfigureAwait(false);
            return response.StatusCode == HttpStatusCode.OK;
        }
        catch (Exception exception) when (exception is ObjectDisposedException || HttpFailure.IsTransport(exception, cancellationToken))
        {
            return false;
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            throw new OperationCanceledException("The flush was cancelled.", exception, cancellationToken);
        }
    }

    /// <summary>Closes the link. Requests in flight go on to their end, so that nothing is sent twice for that.</summary>
    public void Dispose()
    {
        _closed.Cancel();
        _link.Dispose();
        _requests.Dispose();
    }

    private async Task<bool> TryLinkAsync(CancellationToken cancellationToken)
    {
        using var unseen = SuppressInstrumentationScope.Begin();
        using var late = new CancellationTokenSource(AnswerTimeout, _time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(_flushPath, SharedProtocol.LinkPath));
        HttpResponseMessage response;
        try
        {
            response = await _link.SendAsync(request, linked.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or OperationCanceledException)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return false;
        }

        if (response.StatusCode != HttpStatusCode.OK)
        {
            response.Dispose();
            return false;
        }

        // The read must not carry the caller's activity and async locals for as long as the holder lives.
        using (ExecutionContext.SuppressFlow())
            Ended = ReadLinkAsync(response, _closed.Token);
        return true;
    }

    private static async Task<bool> ReadLinkAsync(HttpResponseMessage response, CancellationToken closed)
    {
        using var _ = response;
        var word = new byte[SharedProtocol.Moved.Length];
        try
        {
            var link = await response.Content.ReadAsStreamAsync(closed).ConfigureAwait(false);
            await link.ReadExactlyAsync(word, closed).ConfigureAwait(false);
            return word.AsSpan().SequenceEqual(SharedProtocol.Moved);
        }
        catch (Exception exception) when (exception is IOException or HttpRequestException or OperationCanceledException)
        {
            return false;
        }
    }

    private async ValueTask<ExportOutcome> ReadRefusalAsync(
        HttpResponseMessage response, OtlpSignal signal, CancellationToken cancellationToken)
    {
        using var body = await ResponseBody.ReadAsync(response, cancellationToken).ConfigureAwait(false);
        var message = $"{_name}: {PeerText.Clean(body.Bytes.Span)}";
        return response.StatusCode switch
        {
            HttpStatusCode.NotFound => ExportOutcome.Rejected($"{_name} exports no {signal.Name()}"),
            HttpStatusCode.RequestEntityTooLarge => ExportOutcome.TooLarge(message),
            HttpStatusCode.BadRequest => ExportOutcome.Rejected(message, ReasonOf(response)),

            // Whatever else it is, the data is better off waiting: the next holder may take it.
            _ => ExportOutcome.Retry(message, HttpFailure.RetryAfter(response.Headers, _time)),
        };
    }

    private static DropReason ReasonOf(HttpResponseMessage response) =>
        response.Headers.TryGetValues(SharedProtocol.Reason, out var values) && values.Contains(RefusalReason.NotDelivered.Name())
            ? DropReason.RetryExpired
            : DropReason.DestinationRejected;

    private HttpMessageInvoker CreateInvoker(TimeSpan idleTimeout) => new(
        new SocketsHttpHandler
        {
            // As in ExporterHttpClient: nothing of this shows in the host's traces and meters.
            ActivityHeadersPropagator = null,
            MeterFactory = new SilentMeterFactory(),
            UseCookies = false,
            UseProxy = false,
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.None,

            // As many connections as there are requests at once, which queues bound.
            PooledConnectionIdleTimeout = idleTimeout,
            PooledConnectionLifetime = Timeout.InfiniteTimeSpan,
            ConnectTimeout = Timeout.InfiniteTimeSpan,
            ConnectCallback = (_, cancellationToken) => ConnectAsync(cancellationToken),
        },
        disposeHandler: true);

    /// <summary>A connection to the holder and nobody else.</summary>
    private async ValueTask<Stream> ConnectAsync(CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(AnswerTimeout, _time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, Holder.Port), linked.Token).ConfigureAwait(false);
            var stream = new EarlyAnswerStream(socket);
            return await SharedHandshake.OfferAsync(stream, Holder.Token, linked.Token).ConfigureAwait(false)
                ? stream
                : throw new IOException("another process has its port");
        }
        catch (Exception exception)
        {
            socket.Dispose();
            if (exception is not OperationCanceledException || cancellationToken.IsCancellationRequested)
                throw;
            throw new IOException($"no answer within {AnswerTimeout.TotalSeconds:0} s", exception);
        }
    }
}
