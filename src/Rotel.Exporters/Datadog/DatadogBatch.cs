using Rotel.Delivery;
using Rotel.Exporters.Datadog.Intake;
using Rotel.Pipelines;

namespace Rotel.Exporters.Datadog;

/// <summary>
/// A batch as requests to intakes. It is cut by the exporter itself, between their records, so the wire form is not kept beside it.
/// </summary>
internal sealed class DatadogBatch : EncodedBatch
{
    private readonly Lock _lock = new();
    private readonly List<IntakePayload> _payloads;
    private readonly int _itemCount;
    private readonly long _rejectedItems;
    private readonly long _oversizedItems;
    private readonly string? _reason;

    /// <param name="itemCount">Items of the batch. Those that are in no request are done: a cumulative series' first point, say.</param>
    /// <param name="payloads">The requests; this takes ownership.</param>
    /// <param name="rejectedItems">Items that there is no request for because Datadog would not take them, or nobody can read them.</param>
    /// <param name="oversizedItems">Items that there is no request for because one alone would be too large.</param>
    /// <param name="reason">Why items were rejected; null when none were.</param>
    public DatadogBatch(int itemCount, List<IntakePayload> payloads, long rejectedItems, long oversizedItems, string? reason)
    {
        _itemCount = itemCount;
        _payloads = payloads;
        _rejectedItems = rejectedItems;
        _oversizedItems = oversizedItems;
        _reason = reason;
        Charge = payloads.Sum(payload => payload.Body.Charge);
    }

    /// <summary>What the whole batch was charged; some of it may be free again.</summary>
    public override long Charge { get; }

    public override bool CanRestore => false;

    public override bool ReplacesWireForm => true;

    public override long DeliveredItems => _itemCount - ItemsIn(IntakePayloadState.Pending) - RejectedItems;

    public long RejectedItems => _rejectedItems + ItemsIn(IntakePayloadState.Rejected) + OversizedItems;

    public long OversizedItems => _oversizedItems + ItemsIn(IntakePayloadState.Oversized);

    public IReadOnlyList<IntakePayload> Payloads
    {
        get
        {
            lock (_lock)
                return [.. _payloads];
        }
    }

    /// <summary>Puts the halves in the place of a payload, which is let go.</summary>
    public void Replace(IntakePayload payload, IntakePayload first, IntakePayload second)
    {
        lock (_lock)
        {
            var index = _payloads.IndexOf(payload);
            _payloads[index] = first;
            _payloads.Insert(index + 1, second);
        }

        payload.Dispose();
    }

    /// <summary>What the batch came to when nothing of it is pending.</summary>
    public ExportOutcome Outcome()
    {
        var rejected = RejectedItems;
        var message = Message();
        if (rejected == 0 && message is null)
            return ExportOutcome.Delivered();
        if (rejected < _itemCount)
            return ExportOutcome.PartlyDelivered(rejected, message);
        return ExportOutcome.Rejected(
            message ?? "rejected", OversizedItems == rejected ? DropReason.ItemTooLarge : DropReason.DestinationRejected);
    }

    public override void Restore(Span<byte> wireForm) => throw new NotSupportedException();

    public override void Dispose()
    {
        lock (_lock)
        {
            foreach (var payload in _payloads)
                payload.Dispose();
        }
    }

    /// <summary>What was said first; of a refused request that held no items, too.</summary>
    private string? Message() =>
        Payloads.Select(payload => payload.Message).FirstOrDefault(message => message is not null)
        ?? _reason
        ?? (_oversizedItems > 0 ? "larger than the intake takes" : null);

    private long ItemsIn(IntakePayloadState state)
    {
        lock (_lock)
        {
            long items = 0;
            foreach (var payload in _payloads)
                items += payload.State == state ? payload.Items : 0;
            return items;
        }
    }
}
