namespace Rotel.Otlp.Readers;

/// <summary>A view of one message, made by one scan of its bytes. A view borrows the bytes; it is valid as long as they are.</summary>
/// <typeparam name="TSelf">The view itself.</typeparam>
internal interface IWireMessage<TSelf>
    where TSelf : IWireMessage<TSelf>, allows ref struct
{
    /// <summary>Scans a message without its tag and length. Throws <c>WireFormatException</c> when it is not protobuf.</summary>
    static abstract TSelf Read(ReadOnlySpan<byte> message);
}
