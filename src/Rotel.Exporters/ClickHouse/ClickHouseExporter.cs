using Rotel.Batching;
using Rotel.Delivery;
using Rotel.Exporters.ClickHouse.Schema;
using Rotel.Exporters.ClickHouse.Server;
using Rotel.Exporters.Http;
using Rotel.Pipelines;

namespace Rotel.Exporters.ClickHouse;

/// <summary>
/// Inserts batches into ClickHouse. A batch is turned into rows once, without the server; each table's insert is then its own unit of
/// retry:
/// <code>
///   Encode -> ClickHouseBatch -> TableInsert (one per table) -> InsertPiece: pending, delivered or rejected
/// </code>
/// </summary>
internal sealed class ClickHouseExporter : IExporter
{
    private readonly ClickHouseEncoder _encoder;
    private readonly ClickHouseClient _client;
    private readonly TableCatalog _catalog;
    private readonly TableWriter _writer;

    public ClickHouseExporter(ClickHouseExporterOptions options, ExporterContext context)
    {
        _encoder = new ClickHouseEncoder(
            context.Pool,
            new ClickHouseEncoding
            {
                Compression = options.Compression,
                AttributesAreJson = options.EnableJson,
                ReplacesDots = options.JsonUnderscore,
                MaxDepth = options.NestedKvMaxDepth,
            });
        _client = new ClickHouseClient(options, context);
        _catalog = new TableCatalog(_client, options, context);
        _writer = new TableWriter(_client, _catalog, new InsertSettings(options, context.Name, context.Logger), options);
        Warn(options, context);
    }

    public EncodedBatch? Encode(OtlpBatch batch)
    {
        var rows = _encoder.Encode(batch);
        return new ClickHouseBatch(rows.Blocks, rows.UnreadableItems, rows.OversizedItems);
    }

    public ValueTask<ExportOutcome> ExportAsync(OtlpBatch batch, CancellationToken cancellationToken) =>
        ExportAsync((ClickHouseBatch)batch.Encoded!, cancellationToken);

    /// <summary>Makes one attempt with what is pending: the tables at the same time, the pieces of each one after another.</summary>
    public async ValueTask<ExportOutcome> ExportAsync(ClickHouseBatch batch, CancellationToken cancellationToken)
    {
        var results = await Task.WhenAll(batch.Inserts.Select(insert => _writer.WriteAsync(insert, cancellationToken)))
            .ConfigureAwait(false);
        if (results.FirstOrDefault(result => result.Problem is not null) is { Problem: { } problem })
            return ExportOutcome.Retry(problem, results.Max(result => result.RetryAfter));

        if (batch.RejectedItems == 0)
            return ExportOutcome.Delivered();
        var said = batch.Inserts.SelectMany(insert => insert.Pieces).Select(piece => piece.Message);
        var message = said.FirstOrDefault(text => text is not null)
            ?? (batch.OversizedItems > 0
                ? "the rows of the batch would be larger than the memory limit: set a smaller batch_max_size"
                : "what is not protobuf throughout cannot be made into rows");
        if (batch.DeliveredItems > 0)
            return ExportOutcome.PartlyDelivered(batch.RejectedItems, message);
        var isTooLarge = batch.OversizedItems == batch.RejectedItems;
        return ExportOutcome.Rejected(message, isTooLarge ? DropReason.ItemTooLarge : DropReason.DestinationRejected);
    }

    public ValueTask DisposeAsync()
    {
        _catalog.Dispose();
        _client.Dispose();
        _encoder.Dispose();
        return ValueTask.CompletedTask;
    }

    private void Warn(ClickHouseExporterOptions options, ExporterContext context)
    {
        var hosts = string.Join(", ", _client.Hosts.Select(host => host.Name));
        if (options.Tls.SkipVerify)
            context.Logger.VerificationSkipped(context.Name, hosts, ClientTlsSettings.SkipVerify);
        var open = _client.Hosts.Where(host => !host.IsSecure && !new Uri(host.Name).IsLoopback).Select(host => host.Name).ToArray();
        if (!string.IsNullOrEmpty(options.Password) && open.Length > 0)
            context.Logger.CredentialsInClear(context.Name, string.Join(", ", open));
    }
}
