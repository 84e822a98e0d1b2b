using Microsoft.Extensions.Primitives;

namespace Rotel.Receivers.Compression;

/// <summary>
/// The codings of one body, to be undone from the last to the first. A value without memory of its own: none is the default.
/// </summary>
internal readonly struct ContentCodings
{
    /// <summary>The codings that are taken, as answers list them.</summary>
    public const string Accepted = "gzip, deflate, zstd, br, lz4, identity";

    /// <summary>The same for gRPC, in its order of preference.</summary>
    public const string AcceptedByGrpc = "identity,gzip,deflate,zstd,br,lz4";

    /// <summary>More layers than this are nobody's intention, and each is work.</summary>
    private const int Max = 3;

    private const int BitsPerCoding = 4;
    private const uint CodingMask = (1 << BitsPerCoding) - 1;

    private readonly uint _packed;

    private ContentCodings(uint packed) => _packed = packed;

    /// <summary>Whether the body is as it is meant to be read.</summary>
    public bool IsIdentity => _packed == 0;

    /// <summary>The coding that was applied last, and so is undone first.</summary>
    public ContentCoding Last => (ContentCoding)(_packed & CodingMask);

    /// <summary>What is left to undo after the last.</summary>
    public ContentCodings WithoutLast() => new(_packed >> BitsPerCoding);

    /// <summary>
    /// Reads a header that lists codings in the order they were applied; false when one of them is not taken, or there are too many.
    /// </summary>
    public static bool TryRead(StringValues header, out ContentCodings codings)
    {
        codings = default;
        foreach (var value in header)
        {
            var rest = value.AsSpan();
            while (!rest.IsEmpty)
            {
                var comma = rest.IndexOf(',');
                var name = (comma < 0 ? rest : rest[..comma]).Trim();
                rest = comma < 0 ? default : rest[(comma + 1)..];
                if (name.IsEmpty)
                    continue;
                if (!TryFind(name, out var coding))
                    return false;
                if (coding == ContentCoding.Identity)
                    continue;
                if (codings._packed >> (BitsPerCoding * (Max - 1)) != 0)
                    return false;
                codings = new ContentCodings((codings._packed << BitsPerCoding) | (uint)coding);
            }
        }

        return true;
    }

    private static bool TryFind(ReadOnlySpan<char> name, out ContentCoding coding)
    {
        coding = name switch
        {
            _ when Is(name, "gzip") || Is(name, "x-gzip") => ContentCoding.Gzip,
            _ when Is(name, "deflate") => ContentCoding.Deflate,
            _ when Is(name, "zstd") => ContentCoding.Zstd,
            _ when Is(name, "br") => ContentCoding.Brotli,
            _ when Is(name, "lz4") => ContentCoding.Lz4,
            _ => ContentCoding.Identity,
        };
        return coding != ContentCoding.Identity || Is(name, "identity");
    }

    private static bool Is(ReadOnlySpan<char> name, string coding) => name.Equals(coding, StringComparison.OrdinalIgnoreCase);
}
