using System.Runtime.InteropServices;

namespace Rotel.Processors.Editing;

/// <summary>Where a message stands in the body.</summary>
/// <param name="Tag">Its tag byte in its parent.</param>
/// <param name="FieldStart">Where its tag begins.</param>
/// <param name="Start">Where its fields begin.</param>
/// <param name="End">Where they end.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct MessageAt(byte Tag, int FieldStart, int Start, int End)
{
    /// <summary>A message that is not there.</summary>
    public static MessageAt None { get; } = new(0, -1, 0, 0);

    public bool IsThere => FieldStart >= 0;

    /// <summary>The fields of the message.</summary>
    public ReadOnlySpan<byte> In(ReadOnlySpan<byte> body) => body[Start..End];

    /// <summary>The whole field: tag, length and message.</summary>
    public ReadOnlySpan<byte> Whole(ReadOnlySpan<byte> body) => body[FieldStart..End];
}
