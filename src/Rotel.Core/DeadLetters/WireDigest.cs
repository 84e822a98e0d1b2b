using System.Buffers.Binary;
using System.Text.Unicode;
using Rotel.Otlp;
using Rotel.Otlp.Json;
using Rotel.Otlp.Wire;

namespace Rotel.DeadLetters;

/// <summary>
/// A number that is the same for two bodies which say the same in other bytes: fields in another order, lengths written wider, lists of
/// numbers packed or not, defaults written out or left out. Bodies with what OTLP/JSON cannot say have none: unknown fields, text that is
/// not UTF-8. What is odd but legal, a field given twice, say, makes a difference, so that it never counts as the same by mistake.
/// </summary>
internal static class WireDigest
{
    private const ulong Prime = 0x9E37_79B9_7F4A_7C15;

    /// <returns>False where the body is not protobuf throughout, nests too deep, or holds what OTLP/JSON cannot say.</returns>
    public static bool TryCompute(OtlpSignal signal, ReadOnlySpan<byte> body, out ulong digest)
    {
        try
        {
            return TryMessage(OtlpJsonSchema.Request(signal), body, depth: 0, out digest);
        }
        catch (WireFormatException)
        {
            digest = 0;
            return false;
        }
    }

    private static bool TryMessage(OtlpJsonMessage message, ReadOnlySpan<byte> body, int depth, out ulong digest)
    {
        digest = 0;
        if (depth > WireReader.MaxGroupDepth)
            return false;

        // What a field says in its order; between fields, the order means nothing.
        var fields = message.Fields;
        Span<ulong> chains = stackalloc ulong[fields.Length];
        chains.Clear();
        var reader = new WireReader(body);
        while (reader.TryReadTag(out var number, out var type))
        {
            var index = IndexOf(fields, number);
            if (index < 0 || !TryField(fields[index], type, ref reader, depth, ref chains[index]))
                return false;
        }

        for (var i = 0; i < fields.Length; i++)
            digest += Mix(chains[i], (ulong)fields[i].Number);
        return true;
    }

    private static bool TryField(OtlpJsonField field, WireType type, ref WireReader reader, int depth, ref ulong chain)
    {
        var isNumber = field.Kind > OtlpJsonKind.Id;
        if (type == WireType.LengthDelimited && isNumber)
        {
            if (!field.IsRepeated)
                return false;
            var packed = new WireReader(reader.ReadBytes());
            while (!packed.IsAtEnd)
                chain = Mix(chain, ReadNumber(field.Kind, ref packed));
            return true;
        }

        if (type != WireTypeOf(field.Kind))
            return false;
        if (isNumber)
        {
            var number = ReadNumber(field.Kind, ref reader);
            if (number != 0 || field.IsRepeated)
                chain = Mix(chain, number);
            return true;
        }

        var bytes = reader.ReadBytes();
        if (field.Message is { } message)
        {
            if (!TryMessage(message, bytes, depth + 1, out var inner))
                return false;
            chain = Mix(chain, inner);
            return true;
        }

        if (field.Kind == OtlpJsonKind.String && !Utf8.IsValid(bytes))
            return false;
        if (!bytes.IsEmpty || field.IsRepeated)
            chain = Mix(chain, Hash(bytes));
        return true;
    }

    private static int IndexOf(ReadOnlySpan<OtlpJsonField> fields, int number)
    {
        for (var i = 0; i < fields.Length; i++)
        {
            if (fields[i].Number == number)
                return i;
        }

        return -1;
    }

    private static ulong ReadNumber(OtlpJsonKind kind, ref WireReader reader) => WireTypeOf(kind) switch
    {
        WireType.Varint => reader.ReadVarint(),
        WireType.Fixed32 => reader.ReadFixed32(),
        _ => reader.ReadFixed64(),
    };

    private static WireType WireTypeOf(OtlpJsonKind kind) => kind switch
    {
        <= OtlpJsonKind.Id => WireType.LengthDelimited,
        OtlpJsonKind.Fixed32 => WireType.Fixed32,
        OtlpJsonKind.Fixed64 or OtlpJsonKind.SFixed64 or OtlpJsonKind.Double => WireType.Fixed64,
        _ => WireType.Varint,
    };

    private static ulong Hash(ReadOnlySpan<byte> bytes)
    {
        var hash = (ulong)bytes.Length;
        for (; bytes.Length >= sizeof(ulong); bytes = bytes[sizeof(ulong)..])
            hash = Mix(hash, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
        foreach (var rest in bytes)
            hash = Mix(hash, rest);
        return hash;
    }

    private static ulong Mix(ulong chain, ulong value)
    {
        var mixed = (chain ^ value) * Prime;
        mixed = (mixed ^ (mixed >> 32)) + value;
        return ((mixed ^ (mixed >> 29)) * 0xBF58_476D_1CE4_E5B9) + 1;
    }
}
