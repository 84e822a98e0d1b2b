using Rotel.Otlp.Wire;

namespace Rotel.Exporters.ClickHouse.Native;

/// <summary>Writes what a block begins with: the number of its columns and of its rows.</summary>
internal abstract class NativeHeader
{
    /// <summary>Bytes of a bare header at most.</summary>
    protected const int MaxLength = 2 * WireFormat.MaxVarintLength;

    public abstract ReadOnlyMemory<byte> Write(int columns, int rows);

    /// <summary>The bare header.</summary>
    protected static int Write(Span<byte> destination, int columns, int rows)
    {
        var length = WireFormat.WriteVarint(destination, (uint)columns);
        return length + WireFormat.WriteVarint(destination[length..], (uint)rows);
    }
}
