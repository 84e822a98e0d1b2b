namespace Rotel.Receivers.Compression;

/// <summary>
/// Decompresses one body that is in memory into a buffer that grows. Every class behind it reports a body that ends too early or goes on
/// after its end: a body cut between two resources is valid OTLP that lost data. Made for one body; nothing of it is used for another
/// sender's. The decoder itself is made with the first run: who still waits for room holds none.
/// </summary>
internal abstract class Decompression : IDisposable
{
    /// <summary>Telemetry shrinks to a tenth or so; beyond this a length that the body claims is not believed before it is seen.</summary>
    private const int BelievedRatio = 16;

    /// <summary>What is made room for at first where the body says nothing of its length.</summary>
    private const int UsualRatio = 6;

    /// <summary>What the runtime's zlib holds: a window of 32 KiB with its padding, tables, and the stream's own buffer.</summary>
    protected const int ZlibLength = 64 * 1024;

    /// <summary>How many bytes beside the content come at the end of the output, before they are taken away.</summary>
    public virtual int TailLength => 0;

    /// <summary>Memory that this holds beside body and output, to be charged to the budget; an upper bound.</summary>
    public virtual long WindowLength => 0;

    /// <summary>Bytes written; the length of the content once finished.</summary>
    public int Written { get; protected set; }

    /// <summary>Opens a body; null when its first bytes are not of the coding.</summary>
    /// <param name="coding">Any but identity.</param>
    /// <param name="body">Starts with the body; the caller's, and kept until this is disposed.</param>
    /// <param name="length">The length of the body.</param>
    /// <param name="maxLength">The most bytes that will be taken of its content.</param>
    public static Decompression? Open(ContentCoding coding, byte[] body, int length, int maxLength) => coding switch
    {
        ContentCoding.Gzip => GzipDecompression.IsGzip(body, length) ? new GzipDecompression(body, length) : null,
        ContentCoding.Deflate => length == 0 ? null : new DeflateDecompression(body, length),
        ContentCoding.Zstd => ZstdDecompression.Open(body.AsMemory(0, length)),
        ContentCoding.Brotli => length == 0 ? null : new BrotliDecompression(body.AsMemory(0, length), maxLength),
        _ => Lz4Decompression.IsFrame(body.AsSpan(0, length)) ? new Lz4Decompression(body.AsMemory(0, length)) : null,
    };

    /// <summary>
    /// How much to make room for at first, within reason. It is only the sender's word, and of a damaged body no word at all, so nothing is
    /// refused for it.
    /// </summary>
    public abstract int GuessLength();

    /// <summary>Goes on where it stopped.</summary>
    /// <param name="output">Holds what was written before; what follows is written behind it.</param>
    public abstract DecompressionStep Run(Span<byte> output);

    public abstract void Dispose();

    /// <summary>
    /// Whether the runtime's zlib says so that a body is damaged. A dictionary that is asked for is an <see cref="IOException"/> to it,
    /// though nothing is read from anywhere.
    /// </summary>
    protected static bool IsDamage(Exception exception) => exception is InvalidDataException or IOException;

    /// <summary>What a body of a length is made room for when it claims, or does not claim, how long its content is.</summary>
    protected static int Believe(long? claimed, int bodyLength) =>
        (int)Math.Min(Math.Min(claimed ?? (long)bodyLength * UsualRatio, (long)bodyLength * BelievedRatio), int.MaxValue / 2);
}
