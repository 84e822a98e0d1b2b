using Rotel.Exporters.ClickHouse.Native;
using Rotel.Memory;

namespace Rotel.Exporters.ClickHouse.Rows;

/// <summary>Makes the columns of tables, those of attributes as the exporter's settings ask.</summary>
/// <param name="pool">Where their memory comes from.</param>
/// <param name="encoding">The form of attributes.</param>
internal sealed class ColumnFactory(BufferPool pool, ClickHouseEncoding encoding)
{
    public BufferPool Pool => pool;

    /// <param name="withKeys">Whether, in JSON mode, there may be a column of the keys beside it.</param>
    public AttributesColumn Attributes(bool withKeys = false) =>
        encoding.AttributesAreJson ? new JsonColumn(pool, encoding, JsonColumn.MaxPathColumns, withKeys) : new MapColumn(pool);

    /// <summary>Attributes of the elements of a Nested column.</summary>
    public ArrayColumn<AttributesColumn> ArrayOfAttributes() => Array<AttributesColumn>(
        encoding.AttributesAreJson
            ? new JsonColumn(pool, encoding, JsonColumn.MaxElementPathColumns, withKeys: false)
            : new MapColumn(pool));

    public StringColumn String() => new(pool);

    public LowCardinalityColumn LowCardinality() => new(pool);

    public TimeColumn Time() => new(pool);

    public UInt64Column UInt64() => new(pool);

    public UInt32Column UInt32() => new(pool);

    public Int32Column Int32() => new(pool);

    public UInt8Column UInt8() => new(pool);

    public UInt8Column Bool() => new(pool, "Bool");

    public Float64Column Float64() => new(pool);

    public ArrayColumn<TColumn> Array<TColumn>(TColumn elements)
        where TColumn : NativeColumn => new(pool, elements);
}
