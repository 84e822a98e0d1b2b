using Rotel.Delivery;
using Rotel.Kafka.Records;
using Rotel.Memory;
using Rotel.Otlp;

namespace Rotel.Kafka.Exporter;

/// <summary>
/// A batch as records. A retry produces only those again that are not delivered. It is cut by the exporter itself, record by record, so the
/// wire form is not kept beside it.
/// </summary>
internal sealed class KafkaBatch : EncodedBatch
{
    private readonly List<RecordDelivery> _deliveries;
    private readonly ByteBudget _budget;
    private readonly ProducedHeaders _headers;

    /// <param name="signal">What it holds.</param>
    /// <param name="records">What became of the batch; this takes ownership.</param>
    /// <param name="headers">The headers of each of its records.</param>
    /// <param name="budget">What the headers are charged to.</param>
    public KafkaBatch(OtlpSignal signal, EncodedRecords records, ProducedHeaders headers, ByteBudget budget)
    {
        Signal = signal;
        _headers = headers;
        _budget = budget;
        _deliveries = [.. records.Records.Select(record => new RecordDelivery(record, record.Topic))];
        UnreadableItems = records.UnreadableItems;
        OversizedItems = records.OversizedItems;
        Charge = records.Records.Sum(record => record.Charge) + headers.Bytes;
        budget.ReserveOverdraft(headers.Bytes);
    }

    public OtlpSignal Signal { get; }

    public ProducedHeaders Headers => _headers;

    /// <summary>Replaced by others where a record is cut.</summary>
    public IReadOnlyList<RecordDelivery> Deliveries => _deliveries;

    public long UnreadableItems { get; }

    /// <summary>Items that did not fit into any record from the beginning.</summary>
    public long OversizedItems { get; }

    /// <summary>What the whole batch was charged; some of it may be free again.</summary>
    public override long Charge { get; }

    public override bool CanRestore => false;

    public override bool ReplacesWireForm => true;

    public override long DeliveredItems => ItemsIn(RecordState.Delivered);

    public long TooLargeItems => OversizedItems + ItemsIn(RecordState.TooLarge);

    public long RejectedItems => TooLargeItems + UnreadableItems + ItemsIn(RecordState.Rejected);

    /// <summary>Puts the parts of a record in its place; they take over what is known of it.</summary>
    public IReadOnlyList<RecordDelivery> Replace(RecordDelivery whole, IReadOnlyList<KafkaRecord> parts)
    {
        RecordDelivery[] deliveries =
            [.. parts.Select(part => new RecordDelivery(part, whole.Topic) { TravelsAlone = whole.TravelsAlone })];
        var index = _deliveries.IndexOf(whole);
        _deliveries.RemoveAt(index);
        _deliveries.InsertRange(index, deliveries);
        whole.Dispose();
        return deliveries;
    }

    public override void Restore(Span<byte> wireForm) => throw new NotSupportedException();

    public override void Dispose()
    {
        foreach (var delivery in _deliveries)
            delivery.Dispose();
        _budget.Release(_headers.Bytes);
    }

    private long ItemsIn(RecordState state) => _deliveries.Sum(delivery => delivery.State == state ? (long)delivery.ItemCount : 0);
}
