using Rotel.Memory;
using Rotel.Pipelines;

namespace Rotel.Receivers.Otlp;

/// <summary>A body that was read, in a buffer that is the holder's now, or why it was not.</summary>
internal readonly struct ReceivedBody
{
    private ReceivedBody(PooledBuffer? buffer, int length, RefusalReason reason, string? fault)
    {
        Buffer = buffer;
        Length = length;
        Reason = reason;
        Fault = fault;
    }

    /// <summary>Null when refused.</summary>
    public PooledBuffer? Buffer { get; }

    /// <summary>Bytes of the buffer that are the body.</summary>
    public int Length { get; }

    /// <summary>Meaningful when refused.</summary>
    public RefusalReason Reason { get; }

    /// <summary>For the developer at the other end; set when refused.</summary>
    public string? Fault { get; }

    public ReadOnlySpan<byte> Span => Buffer!.Span[..Length];

    public static ReceivedBody Of(PooledBuffer buffer, int length) => new(buffer, length, default, null);

    public static ReceivedBody Refused(RefusalReason reason, string fault) => new(null, 0, reason, fault);

    public static ReceivedBody TooLarge(int limit) =>
        Refused(RefusalReason.TooLarge, $"The request is larger than the {limit} bytes allowed here, as sent or after decompression.");

    public static ReceivedBody WindowTooLarge() =>
        Refused(
            RefusalReason.TooLarge,
            "The compressed body needs a larger window than is allowed here: 8 MiB, or less where there is little memory.");

    public static ReceivedBody Busy() => Refused(RefusalReason.Busy, "No room in the memory budget; try again later.");
}
