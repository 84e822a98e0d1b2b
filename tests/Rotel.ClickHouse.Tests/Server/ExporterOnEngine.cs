using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Google.Protobuf;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Rotel.Batching;
using Rotel.ClickHouse.TestKit.Server;
using Rotel.Exporters.ClickHouse;
using Rotel.Memory;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.Threading;

namespace Rotel.ClickHouse.Server;

/// <summary>The exporter over a server with the real engine and a database of its own; batches are encoded once and sent as often as it takes.</summary>
internal sealed class ExporterOnEngine : IAsyncDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly BackgroundWorkers _workers = new(1);
    private readonly BufferPool _pool = new(new ByteBudget(256 << 20));
    private readonly ConcurrentBag<OtlpBatch> _batches = [];
    private ClickHouseExporter _exporter = null!;

    private ExporterOnEngine(ClickHouseServer server, ClickHouseDatabase database)
    {
        Server = server;
        Database = database;
    }

    public ClickHouseServer Server { get; }

    public ClickHouseDatabase Database { get; }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<ExporterOnEngine> StartAsync(Action<ClickHouseExporterOptions>? configure = null)
    {
        var server = await ClickHouseServer.StartAsync(Cancellation);
        var exporter = new ExporterOnEngine(server, await server.CreateDatabaseAsync(Cancellation));
        exporter.Configure(configure);
        return exporter;
    }

    /// <summary>Puts another exporter in the place of this one, as a restart with other settings does.</summary>
    public void Configure(Action<ClickHouseExporterOptions>? configure)
    {
        var options = new ClickHouseExporterOptions { Endpoints = { Server.Endpoint }, Database = Database.Name, CreateSchema = true };
        configure?.Invoke(options);
        _exporter = new ClickHouseExporter(options, new ExporterContext(
            "test", _pool, TimeProvider.System, NullLogger.Instance, _services.GetRequiredService<IMeterFactory>(), _workers));
    }

    /// <summary>A batch of one request, encoded.</summary>
    public OtlpBatch Encode(OtlpSignal signal, IMessage request, int items)
    {
        var batch = new OtlpBatch(signal);
        var buffer = _pool.RentOverdraft(request.CalculateSize());
        var body = request.ToByteArray();
        body.CopyTo(buffer.Span);
        batch.Add(new OtlpPayload(signal, buffer, body.Length, items));
        batch.Encode(_exporter.Encode(batch)!);
        _batches.Add(batch);
        return batch;
    }

    public async Task<ExportOutcome> ExportAsync(OtlpBatch batch) => await _exporter.ExportAsync(batch, Cancellation);

    public Task<ExportOutcome> ExportAsync(OtlpSignal signal, IMessage request, int items) => ExportAsync(Encode(signal, request, items));

    public Task<long> CountAsync(string table) => Database.CountAsync($"SELECT count() FROM {table}", Cancellation);

    public async ValueTask DisposeAsync()
    {
        foreach (var batch in _batches)
            batch.Dispose();
        await _exporter.DisposeAsync();
        await Database.DisposeAsync();
        await Server.DisposeAsync();
        await _services.DisposeAsync();
        _workers.Dispose();
        Assert.Equal(0, _pool.Budget.Reserved);
    }
}
