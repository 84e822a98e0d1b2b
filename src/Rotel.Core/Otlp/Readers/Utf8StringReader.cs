namespace Rotel.Otlp.Readers;

/// <summary>One element of a repeated string field.</summary>
internal readonly ref struct Utf8StringReader : IWireMessage<Utf8StringReader>
{
    private Utf8StringReader(ReadOnlySpan<byte> bytes) => Bytes = bytes;

    /// <summary>The UTF-8 bytes.</summary>
    public ReadOnlySpan<byte> Bytes { get; }

    public static Utf8StringReader Read(ReadOnlySpan<byte> message) => new(message);
}
