using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace Rotel.Receivers.Security;

/// <summary>
/// Secrets of one kind, kept as their SHA-256 only. Whether a text is one of them takes the same time whichever it is like, and whichever
/// of several it is.
/// </summary>
internal sealed class CredentialSet
{
    private readonly byte[][] _hashes;

    public CredentialSet(IEnumerable<string> secrets) => _hashes = [.. secrets.Select(secret => SHA256.HashData(Encoding.UTF8.GetBytes(secret)))];

    public bool IsEmpty => _hashes.Length == 0;

    public bool Contains(ReadOnlySpan<char> text)
    {
        var bytes = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        try
        {
            return Contains(bytes.AsSpan(0, Encoding.UTF8.GetBytes(text, bytes)));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes, clearArray: true);
        }
    }

    public bool Contains(ReadOnlySpan<byte> utf8)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(utf8, hash);
        var isKnown = false;
        foreach (var known in _hashes)
            isKnown |= CryptographicOperations.FixedTimeEquals(hash, known);
        return isKnown;
    }
}
