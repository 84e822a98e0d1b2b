using Rotel.Exporters.ClickHouse;
using Rotel.Exporters.ClickHouse.Native;
using Rotel.Pipelines;

namespace Rotel.Exporters.Tests.ClickHouse;

/// <summary>An exporter, a batch for it, and what the exporter makes of it.</summary>
internal sealed class ClickHouseBench : IAsyncDisposable
{
    private readonly ExporterBench _bench = new();
    private readonly ClickHouseExporter _exporter;
    private readonly List<ClickHouseBatch> _batches = [];

    public ClickHouseBench(params ReadOnlySpan<Uri> endpoints)
        : this(_ => { }, endpoints)
    {
    }

    public ClickHouseBench(Action<ClickHouseExporterOptions> configure, params ReadOnlySpan<Uri> endpoints)
    {
        var options = new ClickHouseExporterOptions { Compression = ClickHouseCompression.None };
        foreach (var endpoint in endpoints)
            options.Endpoints.Add(endpoint);
        configure(options);
        _exporter = new ClickHouseExporter(options, _bench.Context);
    }

    public IEnumerable<string> Log => _bench.Log.Lines;

    public long Reserved => _bench.Budget.Reserved;

    public NativeBlock Block(string text, int day = 0, int rows = 1, ClickHouseTable table = ClickHouseTable.Logs) =>
        TestBlocks.Of(_bench.Context.Pool, text, day, rows, table);

    public ClickHouseBatch Batch(params NativeBlock[] blocks)
    {
        var batch = new ClickHouseBatch(blocks, 0);
        _batches.Add(batch);
        return batch;
    }

    public ValueTask<ExportOutcome> ExportAsync(ClickHouseBatch batch, CancellationToken? cancellation = null) =>
        _exporter.ExportAsync(batch, cancellation ?? TestContext.Current.CancellationToken);

    public ValueTask<ExportOutcome> ExportAsync(params NativeBlock[] blocks) => ExportAsync(Batch(blocks));

    public async ValueTask DisposeAsync()
    {
        foreach (var batch in _batches)
            batch.Dispose();
        await _exporter.DisposeAsync();
        Assert.Equal(0, _bench.Budget.Reserved);
        _bench.Dispose();
    }
}
