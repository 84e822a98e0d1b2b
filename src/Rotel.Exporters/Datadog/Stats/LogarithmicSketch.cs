using System.Buffers.Binary;
using Rotel.Memory;
using Rotel.Otlp.Wire;

namespace Rotel.Exporters.Datadog.Stats;

/// <summary>
/// A DDSketch of durations: counts in bins that grow by the same ratio, so that every quantile is right to
/// <see cref="RelativeAccuracy"/>. Mapping, accuracy and number of bins are those of the agent's statistics
/// (https://www.vldb.org/pvldb/vol12/p2195-masson.pdf). Not thread-safe.
/// </summary>
/// <remarks>Bins are charged when they are made; <see cref="Charge"/> is the owner's to give back.</remarks>
internal sealed class LogarithmicSketch
{
    public const double RelativeAccuracy = 0.01;

    /// <summary>
    /// More than are needed from 80 microseconds to one year. Past it the lowest bins become one: low quantiles lose their accuracy, high
    /// ones keep it.
    /// </summary>
    public const int MaxBins = 2048;

    /// <summary>Bins are made in multiples of this: half of a first lot is a factor of 1.4 in both directions.</summary>
    private const int Lot = 32;

    private const int FixedLength = 1 + sizeof(double);

    /// <summary>The ratio of two neighbouring bins' bounds.</summary>
    private static readonly double Gamma = (1 + RelativeAccuracy) / (1 - RelativeAccuracy);

    private static readonly double BinsPerE = 1 / double.LogP1(2 * RelativeAccuracy / (1 - RelativeAccuracy));

    private uint[] _bins = [];

    /// <summary>The index that the first of the bins stands for.</summary>
    private int _first;
    private int _lowest = int.MaxValue;
    private int _highest = int.MinValue;
    private ulong _zeros;

    /// <summary>Bytes reserved for the bins.</summary>
    public int Charge => _bins.Length * sizeof(uint);

    private int UsedBins => _lowest > _highest ? 0 : _highest - _lowest + 1;

    /// <summary>
    /// Counts a duration; false when there is no memory for the bins it would need, and then nothing changed. What is below one nanosecond
    /// counts as zero.
    /// </summary>
    public bool TryAdd(long nanoseconds, StatisticsMemory memory, bool isOverdraft)
    {
        if (nanoseconds <= 0)
        {
            _zeros++;
            return true;
        }

        var index = IndexOf(nanoseconds);
        var bin = index - _first;
        if ((uint)bin >= (uint)_bins.Length)
        {
            if (!TryMakeRoom(index, memory, isOverdraft))
                return false;
            bin = Math.Max(index - _first, 0);
        }

        _bins[bin]++;
        _lowest = Math.Min(_lowest, _first + bin);
        _highest = Math.Max(_highest, _first + bin);
        return true;
    }

    /// <summary>Bytes that <see cref="WriteTo"/> writes.</summary>
    public int EncodedLength
    {
        get
        {
            var store = StoreLength(out _);
            return 2 + FixedLength + 1 + WireFormat.VarintLength((ulong)store) + store + 2 + (_zeros > 0 ? FixedLength : 0);
        }
    }

    /// <summary>Writes the DDSketch message: mapping, the positive values' bins, no negative ones, zeros.</summary>
    public void WriteTo(PooledBytes output)
    {
        output.WriteByte(1 << 3 | (byte)WireType.LengthDelimited);
        output.WriteByte(FixedLength);
        output.WriteByte(1 << 3 | (byte)WireType.Fixed64);
        output.WriteDouble(Gamma);

        var store = StoreLength(out var offset);
        output.WriteByte(2 << 3 | (byte)WireType.LengthDelimited);
        output.WriteVarint((uint)store);
        if (store > 0)
        {
            output.WriteByte(2 << 3 | (byte)WireType.LengthDelimited);
            output.WriteVarint((uint)(UsedBins * sizeof(double)));
            var counts = output.Append(UsedBins * sizeof(double));
            foreach (var count in _bins.AsSpan(_lowest - _first, UsedBins))
            {
                BinaryPrimitives.WriteDoubleLittleEndian(counts, count);
                counts = counts[sizeof(double)..];
            }

            output.WriteByte(3 << 3 | (byte)WireType.Varint);
            output.WriteVarint(offset);
        }

        output.WriteByte(3 << 3 | (byte)WireType.LengthDelimited);
        output.WriteByte(0);
        if (_zeros > 0)
        {
            output.WriteByte(4 << 3 | (byte)WireType.Fixed64);
            output.WriteDouble(_zeros);
        }
    }

    private static int IndexOf(long nanoseconds) => (int)Math.Floor(Math.Log(nanoseconds) * BinsPerE);

    private int StoreLength(out uint offset)
    {
        offset = 0;
        if (UsedBins == 0)
            return 0;
        offset = ((uint)_lowest << 1) ^ (uint)(_lowest >> 31);
        var counts = UsedBins * sizeof(double);
        return 1 + WireFormat.VarintLength((ulong)counts) + counts + 1 + WireFormat.VarintLength(offset);
    }

    /// <summary>Lays the bins out anew so that the index is one of them, or lower than the lowest there can be.</summary>
    private bool TryMakeRoom(int index, StatisticsMemory memory, bool isOverdraft)
    {
        var highest = Math.Max(_highest, index);
        var lowest = Math.Max(Math.Min(_lowest, index), highest - MaxBins + 1);
        if (_bins.Length == MaxBins && lowest == _first)
            return true;

        var needed = highest - lowest + 1;
        var length = Math.Min(MaxBins, (needed + Lot - 1) / Lot * Lot);
        length = Math.Max(length, _bins.Length);
        if (length > _bins.Length && !memory.TryReserve((length - _bins.Length) * sizeof(uint), isOverdraft))
            return false;

        var bins = new uint[length];
        var first = lowest - ((length - needed) / 2);
        for (var i = _lowest; i <= _highest; i++)
            bins[Math.Max(i, lowest) - first] += _bins[i - _first];
        if (UsedBins > 0)
            _lowest = Math.Max(_lowest, lowest);
        _bins = bins;
        _first = first;
        return true;
    }
}
