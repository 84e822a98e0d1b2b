using Rotel.Memory;

namespace Rotel.Exporters.ClickHouse.Native;

/// <summary>UInt8 or Bool, which is stored as one.</summary>
internal sealed class UInt8Column(BufferPool pool, string type = "UInt8") : ValueColumn(type, pool)
{
    public void Append(byte value) => Values.WriteByte(value);
}
