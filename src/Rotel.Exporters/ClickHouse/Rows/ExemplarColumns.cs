using Rotel.Exporters.ClickHouse.Native;
using Rotel.Otlp.Readers;

namespace Rotel.Exporters.ClickHouse.Rows;

/// <summary>The exemplars of points: the Nested columns of every metric table but the one of summaries.</summary>
internal sealed class ExemplarColumns(
    ArrayColumn<AttributesColumn> filteredAttributes,
    ArrayColumn<TimeColumn> times,
    ArrayColumn<Float64Column> values,
    ArrayColumn<StringColumn> spanIds,
    ArrayColumn<StringColumn> traceIds)
{
    /// <summary>Appends the exemplars of one point.</summary>
    public void Append(WireList<ExemplarReader> exemplars)
    {
        foreach (var exemplar in exemplars)
        {
            filteredAttributes.Elements.Append(exemplar.FilteredAttributes);
            times.Elements.Append(exemplar.TimeUnixNano);
            values.Elements.Append(exemplar.Number);
            spanIds.Elements.AppendId(exemplar.SpanId, IdLength.Span);
            traceIds.Elements.AppendId(exemplar.TraceId, IdLength.Trace);
        }

        filteredAttributes.EndRow(exemplars.Count);
        times.EndRow(exemplars.Count);
        values.EndRow(exemplars.Count);
        spanIds.EndRow(exemplars.Count);
        traceIds.EndRow(exemplars.Count);
    }
}
