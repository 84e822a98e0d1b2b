using ClickHouse.Driver;
using ClickHouse.Driver.ADO;
using ClickHouse.Driver.Compression;
using OpenTelemetry.Proto.Collector.Trace.V1;
using Rotel.Throughput.Sink;

namespace Rotel.Throughput.Naive;

/// <summary>
/// Rows for ClickHouse by its official driver's own row insert, <c>InsertBinaryAsync</c>: RowBinary, under the content encoding <c>lz4</c> or
/// <c>zstd</c>, or bare. The column types are given, so that it asks the server nothing. Spans only.
/// </summary>
internal sealed class NaiveClickHouseExporter<TRequest> : INaiveExporter<TRequest>
    where TRequest : class
{
    private static readonly string[] Columns = [.. SpanColumns.Types.Keys];

    private readonly ClickHouseClient _client;
    private readonly InsertOptions _insert;
    private readonly NaiveRows _rows;

    public NaiveClickHouseExporter(NaiveOptions options)
    {
        _rows = new NaiveRows(options.JsonColumns);
        _client = new ClickHouseClient(new ClickHouseClientSettings
        {
            Host = options.Endpoint.Host,
            Port = (ushort)options.Endpoint.Port,
            Database = "otel",
            UseCompression = false,
        });
        _insert = new InsertOptions
        {
            Compressor = options.ClickHouse switch
            {
                "lz4" => Lz4Compressor.Default,
                "zstd" => ZstdCompressor.Default,
                _ => null,
            },
            ColumnTypes = options.JsonColumns
                ? SpanColumns.Types.ToDictionary(
                    column => column.Key,
                    column => column.Value.Replace("Map(LowCardinality(String), String)", "String", StringComparison.Ordinal))
                : SpanColumns.Types,
            CustomSettings = options.JsonColumns
                ? new Dictionary<string, object> { ["async_insert"] = 1, ["allow_experimental_json_type"] = 1 }
                : new Dictionary<string, object> { ["async_insert"] = 1 },
        };
    }

    public async Task ExportAsync(TRequest batch, CancellationToken cancellationToken)
    {
        if (batch is not ExportTraceServiceRequest traces)
            throw new NotSupportedException("The naive collector writes spans into ClickHouse, and nothing else.");
        await _client.InsertBinaryAsync("otel_traces", Columns, _rows.Of(traces), _insert, cancellationToken);
    }

    public void Dispose() => _client.Dispose();
}
