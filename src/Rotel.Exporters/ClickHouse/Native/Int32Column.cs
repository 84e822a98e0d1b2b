using Rotel.Memory;

namespace Rotel.Exporters.ClickHouse.Native;

/// <summary>Int32.</summary>
internal sealed class Int32Column(BufferPool pool) : ValueColumn("Int32", pool)
{
    public void Append(int value) => Values.WriteUInt32((uint)value);
}
