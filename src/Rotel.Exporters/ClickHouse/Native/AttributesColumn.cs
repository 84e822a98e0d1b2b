using Rotel.Otlp.Readers;

namespace Rotel.Exporters.ClickHouse.Native;

/// <summary>Attributes, one row for a whole list of them: a Map or JSON.</summary>
internal abstract class AttributesColumn(string type) : NativeColumn(type)
{
    /// <summary>The keys alone, a column of its own that gets its rows with this one's. Null where the form keeps none.</summary>
    public virtual NativeColumn? Keys => null;

    public abstract void Append(WireList<KeyValueReader> attributes);

    /// <summary>Appends the last row once more: many items share a resource and a scope.</summary>
    public abstract void RepeatLast();
}
