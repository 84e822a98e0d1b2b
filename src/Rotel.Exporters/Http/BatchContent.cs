using System.Net;
using System.Security.Cryptography;
using Rotel.Batching;
using Rotel.Memory;

namespace Rotel.Exporters.Http;

/// <summary>
/// A batch as a request body: a prefix, then the segments of its encoded or its wire form, written from where they lie. The memory stays
/// the batch's. An answer can overtake the body (a server that refuses early), so the sender must <see cref="StopAsync"/> before it lets
/// the batch go.
/// </summary>
/// <param name="batch">What is sent.</param>
/// <param name="encoded">The encoded form; null sends the wire form.</param>
/// <param name="prefix">Bytes before it; may be empty.</param>
internal sealed class BatchContent(OtlpBatch batch, PooledSegments? encoded, ReadOnlyMemory<byte> prefix) : HttpContent, IHashedContent
{
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _stop = new();
    private Task _writing = Task.CompletedTask;
    private bool _stopped;

    public void AppendTo(IncrementalHash hash)
    {
        hash.AppendData(prefix.Span);
        if (encoded is not null)
        {
            for (var i = 0; i < encoded.SegmentCount; i++)
                hash.AppendData(encoded[i].Span);
            return;
        }

        var payloads = batch.Payloads;
        for (var i = 0; i < payloads.Count; i++)
            hash.AppendData(payloads[i].Body.Span);
    }

    /// <summary>Ends a write that is under way, and completes when the batch's memory is no longer read.</summary>
    public async ValueTask StopAsync()
    {
        Task writing;
        lock (_lock)
        {
            _stopped = true;
            writing = _writing;
        }

        if (!writing.IsCompleted)
            await _stop.CancelAsync().ConfigureAwait(false);
        await writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_stopped)
                return Task.FromException(new OperationCanceledException("The attempt is over."));

            // A connection that turned out to be closed is replaced by the handler, which then writes again.
            var write = WriteAsync(stream, cancellationToken);
            _writing = _writing.IsCompleted ? write : Task.WhenAll(_writing, write);
            return write;
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = prefix.Length + (encoded?.Length ?? batch.WireLength);
        return true;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _stop.Dispose();
        base.Dispose(disposing);
    }

    private async Task WriteAsync(Stream stream, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _stop.Token);
        if (!prefix.IsEmpty)
            await stream.WriteAsync(prefix, stop.Token).ConfigureAwait(false);
        if (encoded is not null)
        {
            for (var i = 0; i < encoded.SegmentCount; i++)
                await stream.WriteAsync(encoded[i], stop.Token).ConfigureAwait(false);
            return;
        }

        var payloads = batch.Payloads;
        for (var i = 0; i < payloads.Count; i++)
            await stream.WriteAsync(payloads[i].Body, stop.Token).ConfigureAwait(false);
    }
}
