using System.Text.Json;
using Rotel.Otlp.Wire;

namespace Rotel.Otlp.Json;

/// <summary>One field of a message: its key in JSON and its form on the wire.</summary>
internal sealed class OtlpJsonField
{
    private readonly byte[] _key;

    public OtlpJsonField(JsonEncodedText key, int number, OtlpJsonKind kind, bool isRepeated = false)
    {
        // Keys are plain ASCII, so that the encoded text is the text.
        Key = key.Value;
        _key = key.EncodedUtf8Bytes.ToArray();
        Number = number;
        Kind = kind;
        IsRepeated = isRepeated;
        Tag = WireFormat.Tag(number, IsPacked ? WireType.LengthDelimited : WireTypeOf(kind));
    }

    public string Key { get; }

    public ReadOnlySpan<byte> KeyUtf8 => _key;

    public int Number { get; }

    public OtlpJsonKind Kind { get; }

    public bool IsRepeated { get; }

    /// <summary>Whether the elements of the list stand behind one tag, as proto3 writes repeated numbers.</summary>
    public bool IsPacked => IsRepeated && Kind > OtlpJsonKind.Id;

    public uint Tag { get; }

    /// <summary>The message, of a field of that kind.</summary>
    public OtlpJsonMessage? Message { get; init; }

    /// <summary>The names of the values, each at its number, of an enumeration.</summary>
    public string[]? EnumNames { get; init; }

    private static WireType WireTypeOf(OtlpJsonKind kind) => kind switch
    {
        OtlpJsonKind.Message or OtlpJsonKind.String or OtlpJsonKind.Bytes or OtlpJsonKind.Id => WireType.LengthDelimited,
        OtlpJsonKind.Fixed32 => WireType.Fixed32,
        OtlpJsonKind.Fixed64 or OtlpJsonKind.SFixed64 or OtlpJsonKind.Double => WireType.Fixed64,
        _ => WireType.Varint,
    };
}
