using System.Buffers;
using System.IO.Pipelines;
using System.Security.Cryptography;

namespace Rotel.Receivers.Sharing;

/// <summary>
/// How each connection to a <see cref="SharedEndpoint"/> begins, before its first request: both ends show that they know the token, which
/// itself never travels.
/// <code>
///   follower -> greeting, nonce F            48 bytes
///   holder   -> nonce H, proof of holder     64 bytes; the follower sends nothing more to a stranger
///   follower -> proof of follower            32 bytes, and HTTP/1.1 from here on
/// </code>
/// A proof is the HMAC-SHA256, by the token, of who makes it and both nonces. So nothing is sent to another process that has been given the
/// port of a holder that died, not even over a connection made long after the first; and what one has heard of a handshake opens no other.
/// </summary>
internal static class SharedHandshake
{
    /// <summary>Bytes of the token, of a nonce and of a proof.</summary>
    public const int Length = HMACSHA256.HashSizeInBytes;

    /// <summary>No HTTP server takes this for the beginning of a request: it refuses at once, where it would wait for the rest of others.</summary>
    private static ReadOnlySpan<byte> Greeting => "rotel-shared/1\r\n"u8;

    private static ReadOnlySpan<byte> Holder => "holder"u8;

    private static ReadOnlySpan<byte> Follower => "follower"u8;

    /// <summary>The holder's part. False where the other end does not know the token, or leaves.</summary>
    /// <exception cref="IOException">The connection failed.</exception>
    /// <exception cref="OperationCanceledException">It took too long.</exception>
    public static async ValueTask<bool> AcceptAsync(IDuplexPipe connection, byte[] token, CancellationToken cancellationToken)
    {
        var hello = new byte[Greeting.Length + Length];
        if (!await ReadAsync(connection.Input, hello, cancellationToken).ConfigureAwait(false) || !hello.AsSpan().StartsWith(Greeting))
            return false;

        var nonces = Nonces(hello.AsSpan(Greeting.Length), RandomNumberGenerator.GetBytes(Length));
        var answer = new byte[2 * Length];
        nonces.AsSpan(Length).CopyTo(answer);
        Prove(token, Holder, nonces, answer.AsSpan(Length));
        await connection.Output.WriteAsync(answer, cancellationToken).ConfigureAwait(false);

        var proof = new byte[Length];
        return await ReadAsync(connection.Input, proof, cancellationToken).ConfigureAwait(false) && IsProof(token, Follower, nonces, proof);
    }

    /// <summary>The follower's part. False where the other end does not know the token.</summary>
    /// <exception cref="IOException">The connection failed, or the other end left.</exception>
    /// <exception cref="OperationCanceledException">It took too long.</exception>
    public static async ValueTask<bool> OfferAsync(Stream connection, byte[] token, CancellationToken cancellationToken)
    {
        var hello = new byte[Greeting.Length + Length];
        Greeting.CopyTo(hello);
        RandomNumberGenerator.Fill(hello.AsSpan(Greeting.Length));
        await connection.WriteAsync(hello, cancellationToken).ConfigureAwait(false);

        var answer = new byte[2 * Length];
        await connection.ReadExactlyAsync(answer, cancellationToken).ConfigureAwait(false);
        var nonces = Nonces(hello.AsSpan(Greeting.Length), answer.AsSpan(0, Length));
        if (!IsProof(token, Holder, nonces, answer.AsSpan(Length)))
            return false;

        var proof = new byte[Length];
        Prove(token, Follower, nonces, proof);
        await connection.WriteAsync(proof, cancellationToken).ConfigureAwait(false);
        return true;
    }

    private static byte[] Nonces(ReadOnlySpan<byte> follower, ReadOnlySpan<byte> holder)
    {
        var nonces = new byte[2 * Length];
        follower.CopyTo(nonces);
        holder.CopyTo(nonces.AsSpan(Length));
        return nonces;
    }

    private static void Prove(byte[] token, ReadOnlySpan<byte> who, ReadOnlySpan<byte> nonces, Span<byte> proof)
    {
        Span<byte> statement = stackalloc byte[who.Length + (2 * Length)];
        who.CopyTo(statement);
        nonces.CopyTo(statement[who.Length..]);
        HMACSHA256.HashData(token, statement, proof);
    }

    private static bool IsProof(byte[] token, ReadOnlySpan<byte> who, ReadOnlySpan<byte> nonces, ReadOnlySpan<byte> proof)
    {
        Span<byte> expected = stackalloc byte[Length];
        Prove(token, who, nonces, expected);
        return CryptographicOperations.FixedTimeEquals(expected, proof);
    }

    /// <summary>Takes exactly as many bytes as asked for; false where the connection ends before.</summary>
    private static async ValueTask<bool> ReadAsync(PipeReader input, Memory<byte> bytes, CancellationToken cancellationToken)
    {
        var read = await input.ReadAtLeastAsync(bytes.Length, cancellationToken).ConfigureAwait(false);
        var isWhole = read.Buffer.Length >= bytes.Length;
        if (isWhole)
            read.Buffer.Slice(0, bytes.Length).CopyTo(bytes.Span);
        input.AdvanceTo(read.Buffer.GetPosition(isWhole ? bytes.Length : read.Buffer.Length));
        return isWhole;
    }
}
