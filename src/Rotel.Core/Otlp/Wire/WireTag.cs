namespace Rotel.Otlp.Wire;

/// <summary>
/// The wire types as constants, for <c>case (Field &lt;&lt; 3) | Len:</c> in readers; <see cref="WireType"/> is the same set for
/// signatures.
/// </summary>
internal static class WireTag
{
    public const int Varint = (int)WireType.Varint;
    public const int Fixed64 = (int)WireType.Fixed64;

    /// <summary>A length and that many bytes.</summary>
    public const int Len = (int)WireType.LengthDelimited;
    public const int Fixed32 = (int)WireType.Fixed32;
}
