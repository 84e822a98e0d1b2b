namespace Rotel.Otlp.Readers;

/// <summary>The value of a number point or an exemplar.</summary>
internal readonly struct NumberValue
{
    private readonly ulong _bits;

    private NumberValue(NumberKind kind, ulong bits)
    {
        Kind = kind;
        _bits = bits;
    }

    public NumberKind Kind { get; }

    public double Double => BitConverter.UInt64BitsToDouble(_bits);

    public long Int => (long)_bits;

    public static NumberValue OfDouble(ulong bits) => new(NumberKind.Double, bits);

    public static NumberValue OfInt(ulong bits) => new(NumberKind.Int, bits);
}
