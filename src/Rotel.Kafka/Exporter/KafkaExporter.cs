using Confluent.Kafka;
using Rotel.Batching;
using Rotel.Delivery;
using Rotel.Kafka.Records;
using Rotel.Otlp;
using Rotel.Pipelines;

namespace Rotel.Kafka.Exporter;

/// <summary>
/// Produces batches as records. An attempt hands over all records that are pending and ends with the last report; a record that can be
/// mended (cut, sent to another topic, sent alone) is produced again within the same attempt.
/// </summary>
internal sealed class KafkaExporter : IExporter
{
    /// <summary>How often an empty queue of the client may be called full: more often, and the record is larger than all of it.</summary>
    private const int MostMisses = 500;

    /// <summary>How often that is looked at without a pause.</summary>
    private const int MissesAtOnce = 10;
    private static readonly TimeSpan MissPause = TimeSpan.FromMilliseconds(2);

    private readonly ExporterContext _context;
    private readonly KafkaRecordEncoder _encoder;
    private readonly KafkaProducers _producers;
    private readonly KafkaExporterNotices _notices;
    private readonly KeyValuePair<string, string>[] _fixedHeaders;
    private readonly RecordMending _mending;
    private readonly IReadOnlyList<string> _metadataKeys;

    public KafkaExporter(KafkaExporterOptions options, ExporterContext context)
    {
        _context = context;
        _encoder = new KafkaRecordEncoder(EncodingOf(options), context.Pool, context.Time);
        _producers = new KafkaProducers(options, context);
        _notices = new KafkaExporterNotices(options, context);
        _mending = new RecordMending(options, _encoder, _notices);
        _fixedHeaders = [.. options.RecordHeaders];
        _metadataKeys = options.MetadataKeys;
        _notices.AtStart();
    }

    public string? Problem => _producers.Log.Problem;

    public EncodedBatch? Encode(OtlpBatch batch)
    {
        _notices.OnBatch(batch.Signal);
        var headers = new ProducedHeaders(_fixedHeaders, batch.Metadata?.Only(_metadataKeys));
        var records = _encoder.Encode(batch, headers.Bytes);
        if (records.HasTooManyTopics)
            _notices.TooManyTopics();
        return new KafkaBatch(batch.Signal, records, headers, _context.Pool.Budget);
    }

    public ValueTask<ExportOutcome> ExportAsync(OtlpBatch batch, CancellationToken cancellationToken) =>
        ExportAsync((KafkaBatch)batch.Encoded!, cancellationToken);

    public async ValueTask<ExportOutcome> ExportAsync(KafkaBatch batch, CancellationToken cancellationToken)
    {
        var pending = batch.Deliveries.Where(delivery => delivery.State == RecordState.Pending).ToList();
        string? problem = null;
        while (pending.Count > 0)
        {
            if (await ProduceAsync(pending, batch, cancellationToken).ConfigureAwait(false) is { } refusal)
                return Retry(refusal);

            var again = new List<RecordDelivery>();
            foreach (var delivery in pending)
            {
                if (delivery.State == RecordState.Pending && !_mending.TryMend(batch, delivery, again))
                    problem ??= Describe(delivery);
            }

            pending = again;
        }

        return problem is null ? Settle(batch) : Retry(problem);
    }

    public async ValueTask DisposeAsync()
    {
        await _producers.DisposeAsync().ConfigureAwait(false);
        _encoder.Dispose();
    }

    /// <summary>What the options say of records.</summary>
    public static KafkaRecordEncoding EncodingOf(KafkaExporterOptions options)
    {
        var byResource = new HashSet<OtlpSignal>();
        if (options.PartitionMetricsByResourceAttributes)
            byResource.Add(OtlpSignal.Metrics);
        if (options.PartitionLogsByResourceAttributes)
            byResource.Add(OtlpSignal.Logs);
        return new KafkaRecordEncoding
        {
            Format = options.Format,
            MaxMessageBytes = options.MaxMessageBytes,
            Topics = [.. OtlpSignals.All.ToArray().Select(options.TopicOf)],
            TopicFromAttribute = options.TopicFromAttribute,
            PartitionsTracesById = options.PartitionTracesById,
            PartitionedByResource = byResource,
        };
    }

    private static ExportOutcome Settle(KafkaBatch batch)
    {
        if (batch.RejectedItems == 0)
            return ExportOutcome.Delivered();
        var message = batch.Deliveries.FirstOrDefault(delivery => delivery.Message is not null)?.Message
            ?? (batch.OversizedItems > 0
                ? "an item is larger than max_message_bytes, and no record can hold it"
                : "what is not protobuf throughout cannot be made into records");
        if (batch.DeliveredItems > 0)
            return ExportOutcome.PartlyDelivered(batch.RejectedItems, message);
        var isTooLarge = batch.TooLargeItems == batch.RejectedItems;
        return ExportOutcome.Rejected(message, isTooLarge ? DropReason.ItemTooLarge : DropReason.DestinationRejected);
    }

    /// <summary>The health check shows it until something is delivered.</summary>
    private ExportOutcome Retry(string problem)
    {
        _producers.Log.Fails(problem);
        return ExportOutcome.Retry(problem);
    }

    private string Describe(RecordDelivery delivery) =>
        $"{_producers.Log.Clean(delivery.Report?.Reason)} ({delivery.Report?.Code}, topic {delivery.Topic})";

    /// <summary>
    /// Hands records over in order and waits for a report on each. Returns why there is no client to hand them to, or null.
    /// </summary>
    private async Task<string?> ProduceAsync(List<RecordDelivery> deliveries, KafkaBatch batch, CancellationToken cancellationToken)
    {
        var round = new ProduceRound();
        string? refusal = null;
        foreach (var delivery in deliveries)
        {
            if (_producers.TryGet(delivery.TravelsAlone, out refusal) is not { } producer)
                break;
            await ProduceAsync(producer, delivery, batch.Headers, round, cancellationToken).ConfigureAwait(false);

            // The others wait for the client that comes in its place.
            if (producer.IsBroken)
            {
                refusal = _notices.ClientBroken(_producers.Log.Problem);
                break;
            }
        }

        await round.EndAsync(cancellationToken).ConfigureAwait(false);
        return refusal;
    }

    /// <summary>Where the client's queue is full, waits for reports to make room in it.</summary>
    private async ValueTask ProduceAsync(
        KafkaProducer producer, RecordDelivery delivery, ProducedHeaders headers, ProduceRound round, CancellationToken cancellationToken)
    {
        for (var misses = 0; ;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var room = producer.Room.NextRelease();
            if (producer.Produce(delivery, headers, round)?.Code != ErrorCode.Local_QueueFull)
                return;

            // A record leaves the queue a moment after its report, so that no other report may come when the last one's room is free.
            if (producer.HasOutstanding)
                await room.WaitAsync(cancellationToken).ConfigureAwait(false);
            else if (++misses == MostMisses)
                return;
            else if (misses > MissesAtOnce)
                await Task.Delay(MissPause, _context.Time, cancellationToken).ConfigureAwait(false);
            else
                await Task.Yield();
        }
    }
}
