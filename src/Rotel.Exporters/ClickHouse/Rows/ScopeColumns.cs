using Rotel.Exporters.ClickHouse.Native;

namespace Rotel.Exporters.ClickHouse.Rows;

/// <summary>What a row says of its scope. Most rows repeat that of the one before.</summary>
/// <param name="name">The scope's name.</param>
/// <param name="version">Its version.</param>
/// <param name="attributes">Null where the table has none.</param>
/// <param name="schemaUrl">Null where the table has none.</param>
internal sealed class ScopeColumns(
    LowCardinalityColumn name, LowCardinalityColumn version, AttributesColumn? attributes = null, LowCardinalityColumn? schemaUrl = null)
{
    private long _last;

    public void Append(in ItemContext context)
    {
        if (_last == context.ScopeId)
        {
            name.RepeatLast();
            version.RepeatLast();
            attributes?.RepeatLast();
            schemaUrl?.RepeatLast();
            return;
        }

        _last = context.ScopeId;
        name.Append(context.ScopeName);
        version.Append(context.ScopeVersion);
        attributes?.Append(context.ScopeAttributes);
        schemaUrl?.Append(context.ScopeSchemaUrl);
    }

    /// <summary>Says that the columns are empty, so that the next row has nothing to repeat.</summary>
    public void Clear() => _last = 0;
}
