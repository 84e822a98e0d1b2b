using System.Net;
using System.Security.Cryptography;
using Rotel.Batching;
using Rotel.Memory;

namespace Rotel.Exporters.Http;

/// <summary>
/// A request body that is written from the segments where it lies, without joining them. The memory stays its owner's. An answer can
/// overtake the body (a server that refuses early), so the sender must <see cref="StopAsync"/> before it lets the memory go.
/// </summary>
/// <param name="segments">The body, in order.</param>
internal sealed class SegmentsContent(IReadOnlyList<ReadOnlyMemory<byte>> segments) : HttpContent, IHashedContent
{
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _stop = new();
    private Task _writing = Task.CompletedTask;
    private bool _stopped;
    private volatile bool _mayBeComplete;

    /// <summary>
    /// Whether the last of it may have been handed to the connection, so that the other end may have all of it; false
    /// means that it has not.
    /// </summary>
    public bool MayBeComplete => _mayBeComplete;

    /// <summary>A prefix, which may be empty, and then the encoded form of a batch, or its wire form where that is null.</summary>
    public static SegmentsContent Of(OtlpBatch batch, PooledSegments? encoded, ReadOnlyMemory<byte> prefix)
    {
        var payloads = batch.Payloads;
        var segments = new List<ReadOnlyMemory<byte>>(1 + (encoded?.SegmentCount ?? payloads.Count));
        if (!prefix.IsEmpty)
            segments.Add(prefix);
        if (encoded is not null)
        {
            encoded.AddTo(segments);
        }
        else
        {
            for (var i = 0; i < payloads.Count; i++)
                segments.Add(payloads[i].Body);
        }

        return new SegmentsContent(segments);
    }

    public void AppendTo(IncrementalHash hash)
    {
        for (var i = 0; i < segments.Count; i++)
            hash.AppendData(segments[i].Span);
    }

    /// <summary>Ends a write that is under way, and completes when the segments are no longer read.</summary>
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
        length = 0;
        for (var i = 0; i < segments.Count; i++)
            length += segments[i].Length;
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
        _mayBeComplete |= segments.Count == 0;
        for (var i = 0; i < segments.Count; i++)
        {
            if (i == segments.Count - 1)
                _mayBeComplete = true;
            await stream.WriteAsync(segments[i], stop.Token).ConfigureAwait(false);
        }
    }
}
