using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using Rotel.Exporters.Datadog.Obfuscation;

namespace Rotel.Exporters.Datadog.Traces;

/// <summary>
/// The <see cref="KeyFacts"/> of attribute keys that were met lately. Spans bring the same few keys again and again: one comparison takes the
/// place of a good hash, a search in the rules and a look at how the value is hidden. Where a key lies is a guess from some of its bytes;
/// senders who choose keys that push each other out only lose what this saves.
/// </summary>
/// <param name="isObfuscating">Whether values are hidden at all.</param>
internal sealed class RecentKeys(bool isObfuscating)
{
    private const int Places = 1024;

    /// <summary>In bytes; longer keys are looked at each time.</summary>
    private const int MaxLength = 64;

    private readonly Place[] _places = new Place[Places];
    private KeyFacts _long;

    /// <summary>Valid until the next call.</summary>
    /// <param name="key">Not empty.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref readonly KeyFacts Of(ReadOnlySpan<byte> key)
    {
        ref var place = ref _places[PlaceOf(key)];
        if (key.SequenceEqual(place.Key.AsSpan(0, place.Length)))
            return ref place.Facts;
        return ref Learn(key, ref place);
    }

    /// <summary>By its length, and four bytes each of its beginning, middle and end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int PlaceOf(ReadOnlySpan<byte> key)
    {
        var mixed = (uint)key.Length * 0xC2B2_AE35;
        if (key.Length < sizeof(uint))
            return (int)(mixed + key[0]) & (Places - 1);

        mixed += BinaryPrimitives.ReadUInt32LittleEndian(key) * 0x9E37_79B1;
        mixed += BinaryPrimitives.ReadUInt32LittleEndian(key[((key.Length / 2) - 2)..]) * 0x85EB_CA6B;
        mixed += BinaryPrimitives.ReadUInt32LittleEndian(key[^sizeof(uint)..]) * 0x27D4_EB2F;
        return (int)(mixed ^ (mixed >> 15)) & (Places - 1);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private ref readonly KeyFacts Learn(ReadOnlySpan<byte> key, ref Place place)
    {
        if (key.Length > MaxLength)
        {
            _long = FactsOf(key);
            return ref _long;
        }

        place.Key ??= new byte[MaxLength];
        key.CopyTo(place.Key);
        place.Length = key.Length;
        place.Facts = FactsOf(key);
        return ref place.Facts;
    }

    private KeyFacts FactsOf(ReadOnlySpan<byte> key)
    {
        var hash = TagKey.HashOf(key);
        return new KeyFacts
        {
            Hash = hash,
            Rule = AttributeRules.Find(key, hash),
            Obfuscation = isObfuscating ? SpanObfuscation.Of(SpanFamily.Other, key) : ObfuscationKind.None,
            IsGenerativeAI = key.StartsWith("gen_ai."u8),
            IsHeader = key.StartsWith("http.request.header."u8),
        };
    }

    private struct Place
    {
        public byte[]? Key;
        public int Length;
        public KeyFacts Facts;
    }
}
