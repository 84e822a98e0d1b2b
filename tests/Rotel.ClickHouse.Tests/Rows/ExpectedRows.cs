using System.Globalization;
using Google.Protobuf;
using OpenTelemetry.Proto.Collector.Logs.V1;
using OpenTelemetry.Proto.Collector.Metrics.V1;
using OpenTelemetry.Proto.Collector.Trace.V1;
using OpenTelemetry.Proto.Resource.V1;
using Rotel.Exporters.ClickHouse;

namespace Rotel.ClickHouse.Rows;

/// <summary>
/// The rows that each table must hold for requests, by a plain reading of the OpenTelemetry ClickHouse schema over Google.Protobuf's
/// objects. Slow, obvious, and without a line of the exporter.
/// </summary>
internal sealed class ExpectedRows
{
    private readonly Dictionary<ClickHouseTable, List<StoredRow>> _rows = Enum.GetValues<ClickHouseTable>()
        .ToDictionary(table => table, _ => new List<StoredRow>());

    private readonly ExpectedAttributes _attributes;

    public ExpectedRows(ExpectedAttributes attributes) => _attributes = attributes;

    public IReadOnlyList<StoredRow> this[ClickHouseTable table] => _rows[table];

    public void Add(IMessage request)
    {
        switch (request)
        {
            case ExportTraceServiceRequest traces:
                _rows[ClickHouseTable.Traces].AddRange(ExpectedSpanRows.Of(traces, _attributes));
                break;
            case ExportLogsServiceRequest logs:
                _rows[ClickHouseTable.Logs].AddRange(ExpectedLogRows.Of(logs, _attributes));
                break;
            case ExportMetricsServiceRequest metrics:
                foreach (var (table, row) in ExpectedMetricRows.Of(metrics, _attributes))
                    _rows[table].Add(row);
                break;
            default:
                throw new ArgumentException($"{request.Descriptor.FullName} has no tables.", nameof(request));
        }
    }

    /// <summary>An id of the right length as lower-case hexadecimal digits, zeros included; any other as the empty text.</summary>
    public static string Id(ByteString id, int length) =>
        CellText.Of(id.Length == length ? Convert.ToHexStringLower(id.Span) : "");

    /// <summary>The column ends in the year 2262; a time behind it stands at its end.</summary>
    public static string Time(ulong nanoseconds) =>
        Math.Min(nanoseconds, long.MaxValue).ToString(CultureInfo.InvariantCulture);

    public static string Service(Resource? resource)
    {
        var name = resource?.Attributes.FirstOrDefault(attribute => attribute.Key == "service.name" && attribute.Value?.HasStringValue == true);
        return CellText.Of(name?.Value.StringValue ?? "");
    }

    /// <summary>One array column of a nested one.</summary>
    public static string Nested<T>(IEnumerable<T> entries, Func<T, string> cell) => CellText.Array(entries.Select(cell));
}
