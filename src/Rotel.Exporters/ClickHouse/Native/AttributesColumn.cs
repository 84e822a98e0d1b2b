using Rotel.Otlp.Readers;

namespace Rotel.Exporters.ClickHouse.Native;

/// <summary>Attributes, one row for a whole list of them: a Map or JSON.</summary>
internal abstract class AttributesColumn(string type) : NativeColumn(type)
{
    public abstract void Append(WireList<KeyValueReader> attributes);

    /// <summary>Appends the last row once more: many items share a resource and a scope.</summary>
    public abstract void RepeatLast();
}
