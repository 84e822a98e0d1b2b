using Rotel.Exporters.ClickHouse.Native;

namespace Rotel.Exporters.ClickHouse.Rows;

/// <summary>What a row says of its resource. Most rows repeat that of the one before.</summary>
/// <param name="serviceName">The resource's name.</param>
/// <param name="attributes">All its attributes.</param>
/// <param name="schemaUrl">Null where the table has none.</param>
internal sealed class ResourceColumns(
    LowCardinalityColumn serviceName, AttributesColumn attributes, LowCardinalityColumn? schemaUrl = null)
{
    private long _last;

    public void Append(in ItemContext context)
    {
        if (_last == context.ResourceId)
        {
            serviceName.RepeatLast();
            attributes.RepeatLast();
            schemaUrl?.RepeatLast();
            return;
        }

        _last = context.ResourceId;
        serviceName.Append(context.ServiceName);
        attributes.Append(context.ResourceAttributes);
        schemaUrl?.Append(context.ResourceSchemaUrl);
    }

    /// <summary>Says that the columns are empty, so that the next row has nothing to repeat.</summary>
    public void Clear() => _last = 0;
}
