using Rotel.Memory;
using Rotel.Otlp.Readers;

namespace Rotel.Exporters.ClickHouse.Native;

/// <summary>Float64; NaN and infinities as they are.</summary>
internal sealed class Float64Column(BufferPool pool) : ValueColumn("Float64", pool)
{
    public void Append(double value) => Values.WriteDouble(value);

    /// <summary>A whole number becomes the nearest double, beyond 2^53 not the same; no number becomes 0.</summary>
    public void Append(NumberValue number) =>
        Append(number.Kind == NumberKind.Int ? number.Int : number.Kind == NumberKind.Double ? number.Double : 0);
}
