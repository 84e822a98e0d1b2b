namespace Rotel.Temporality;

/// <summary>What a histogram counts beside its buckets, as the first numbers of its block. What is absent is not a number.</summary>
internal readonly record struct DistributionTotals(ulong Count, double Sum, double Min, double Max)
{
    public const int Length = 4;

    public static DistributionTotals Of(ulong count, double? sum, double? min, double? max) =>
        new(count, sum ?? double.NaN, min ?? double.NaN, max ?? double.NaN);

    public static DistributionTotals Read(ReadOnlySpan<ulong> block) => new(
        block[0],
        BitConverter.UInt64BitsToDouble(block[1]),
        BitConverter.UInt64BitsToDouble(block[2]),
        BitConverter.UInt64BitsToDouble(block[3]));

    public void Write(Span<ulong> block)
    {
        block[0] = Count;
        block[1] = BitConverter.DoubleToUInt64Bits(Sum);
        block[2] = BitConverter.DoubleToUInt64Bits(Min);
        block[3] = BitConverter.DoubleToUInt64Bits(Max);
    }
}
