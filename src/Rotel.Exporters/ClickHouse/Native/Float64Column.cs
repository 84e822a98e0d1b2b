using Rotel.Memory;

namespace Rotel.Exporters.ClickHouse.Native;

/// <summary>Float64; NaN and infinities as they are.</summary>
internal sealed class Float64Column(BufferPool pool) : ValueColumn("Float64", pool)
{
    public void Append(double value) => Values.WriteDouble(value);
}
