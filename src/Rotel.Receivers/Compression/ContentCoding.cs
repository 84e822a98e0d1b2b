namespace Rotel.Receivers.Compression;

/// <summary>
/// How a body is compressed (https://www.iana.org/assignments/http-parameters), and <c>lz4</c>, which the Collector also takes.
/// </summary>
internal enum ContentCoding : byte
{
    /// <summary>Not at all.</summary>
    Identity = 0,

    /// <summary>RFC 1952; also <c>x-gzip</c>.</summary>
    Gzip,

    /// <summary>RFC 1950, and RFC 1951 without a header, which some senders mean by it.</summary>
    Deflate,

    /// <summary>RFC 8878.</summary>
    Zstd,

    /// <summary>RFC 7932, <c>br</c>.</summary>
    Brotli,

    /// <summary>The LZ4 frame format.</summary>
    Lz4,
}
