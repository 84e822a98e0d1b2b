using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Rotel.Receivers.Otlp;

/// <summary>
/// Lets HTTP/2 with prior knowledge (h2c) onto a cleartext endpoint that speaks HTTP/1.1: looks at a connection's first bytes, and where
/// they are the client preface (RFC 9113, 3.4) names the protocol as TLS would have. Nothing is taken from the connection.
/// </summary>
/// <param name="timeout">How long a connection may stay silent, for the server's own time-outs do not run yet.</param>
/// <param name="time">The clock of that.</param>
internal sealed class Http2Preface(TimeSpan timeout, TimeProvider time)
{
    /// <summary>The longest that a timer can be set to; 24 days.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(int.MaxValue);

    private readonly TimeSpan _timeout = timeout < Longest ? timeout : Longest;

    /// <summary>Enough of the preface: no method of HTTP/1.1 is <c>PRI</c>.</summary>
    private static ReadOnlySpan<byte> Start => "PRI * HTTP/2.0\r\n"u8;

    public async Task OnConnectionAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        // TLS has negotiated the protocol already.
        if (connection.Features.Get<ITlsConnectionFeature>() is null)
        {
            if (await IsHttp2Async(connection).ConfigureAwait(false) is not { } isHttp2)
                return;
            if (isHttp2)
            {
                connection.Features.Set<ITlsConnectionFeature>(ClearTextHttp2.Instance);
                connection.Features.Set<ITlsApplicationProtocolFeature>(ClearTextHttp2.Instance);
            }
        }

        await next(connection).ConfigureAwait(false);
    }

    /// <summary>Null when the connection ends, or is not wanted any more, before it says anything.</summary>
    private async ValueTask<bool?> IsHttp2Async(ConnectionContext connection)
    {
        var input = connection.Transport.Input;
        if (input.TryRead(out var read))
        {
            if (Decide(input, read) is { } known)
                return known;
            if (read.IsCompleted)
                return null;
        }

        using var late = new CancellationTokenSource(_timeout, time);
        var stopping = connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? default;

        // Not the connection's own end: it may be signalled together with the last bytes, and completes the input anyway.
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(late.Token, stopping);
        while (true)
        {
            try
            {
                read = await input.ReadAsync(linked.Token).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is OperationCanceledException or IOException)
            {
                return null;
            }

            if (Decide(input, read) is { } decided)
                return decided;
            if (read.IsCompleted)
                return null;
        }
    }

    /// <summary>Gives the bytes back, and says what they are; null while they may still become the preface.</summary>
    private static bool? Decide(PipeReader input, ReadResult read)
    {
        Span<byte> first = stackalloc byte[Start.Length];
        var length = (int)Math.Min(read.Buffer.Length, first.Length);
        read.Buffer.Slice(0, length).CopyTo(first);
        var isLike = first[..length].SequenceEqual(Start[..length]);
        bool? decided = !isLike ? false : length == Start.Length ? true : null;
        input.AdvanceTo(read.Buffer.Start, decided is null ? read.Buffer.End : read.Buffer.Start);
        return decided;
    }
}
