using System.Diagnostics.Metrics;
using Rotel.DeadLetters;
using Rotel.Delivery;
using Rotel.Durability;
using Rotel.Memory;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.Threading;

namespace Rotel.Diagnostics;

/// <summary>
/// Every instrument of the meter <c>Rotel</c>, described in <c>docs/telemetry.md</c>. Counts are kept in ledgers and read when somebody
/// collects, so that they cost nothing when nobody does and are right when somebody starts late.
/// </summary>
internal sealed class RotelMetrics : IDisposable
{
    public const string MeterName = OwnTelemetry.Name;

    private readonly Meter _meter;
    private readonly Histogram<double> _attemptDuration;
    private readonly List<ReceiverLedger> _receivers = [];
    private readonly List<ConnectionLedger> _connections = [];
    private readonly List<ProcessorLedger> _processors = [];
    private readonly List<ExporterQueue> _queues = [];
    private StarvationRelief? _relief;
    private DiskQueue? _disk;
    private DeadLetterLedger? _deadLetters;

    /// <param name="budget">The memory account to watch.</param>
    public RotelMetrics(ByteBudget budget)
    {
        _meter = new Meter(MeterName);
        _meter.CreateObservableCounter(
            "rotel.receiver.accepted", () => PerReceiver(ledger => ledger.Accepted), "{item}", "Items accepted from senders.");
        _meter.CreateObservableCounter(
            "rotel.receiver.refused", PerRefusal, "{request}", "Requests refused, by reason; they are still the sender's.");
        _meter.CreateObservableCounter(
            "rotel.receiver.rejected",
            PerRejection,
            "{item}",
            "Items left out of requests that were accepted otherwise, by reason.");
        _meter.CreateObservableCounter(
            "rotel.receiver.connections.refused",
            PerConnectionRefusal,
            "{connection}",
            "Connections refused before their first request, by reason.");
        _meter.CreateObservableCounter(
            "rotel.receiver.repaired",
            () => PerReceiver(ledger => ledger.RepairedStrings),
            "{string}",
            "Strings that were not UTF-8 and were repaired.");
        _meter.CreateObservableCounter(
            "rotel.processor.dropped", PerProcessorLoss, "{item}", "Items of accepted requests that processors left out, by reason.");
        _meter.CreateObservableCounter(
            "rotel.processor.failed", PerProcessorFailure, "{request}", "Requests on which a processor failed.");
        _meter.CreateObservableCounter(
            "rotel.exporter.accepted", () => PerQueue(queue => queue.Ledger.Accepted), "{item}", "Items accepted for an exporter.");
        _meter.CreateObservableCounter(
            "rotel.exporter.sent", () => PerQueue(queue => queue.Ledger.Delivered), "{item}", "Items the destination took.");
        _meter.CreateObservableCounter(
            "rotel.exporter.dropped", PerDrop, "{item}", "Items lost, by reason.");
        _meter.CreateObservableCounter(
            "rotel.exporter.failed", () => PerQueue(queue => queue.Ledger.FailedAttempts), "{attempt}", "Attempts that did not deliver.");
        _meter.CreateObservableUpDownCounter(
            "rotel.exporter.queue.items", () => PerQueue(queue => queue.HeldItems), "{item}", "Items waiting and in flight.");
        _meter.CreateObservableUpDownCounter(
            "rotel.exporter.queue.bytes", () => PerQueue(queue => queue.UsedBytes), "By", "Bytes waiting and in flight.");
        _meter.CreateObservableGauge(
            "rotel.exporter.queue.oldest_age", OldestAges, "s", "How long the oldest item has been held.");
        _meter.CreateObservableCounter(
            "rotel.dead_letters.kept", PerKeptLetters, "{item}", "Items that were refused for good and written to disk.");
        _meter.CreateObservableCounter(
            "rotel.dead_letters.lost",
            PerLostLetters,
            "{item}",
            "Items that were refused for good and are not, or no longer, on disk, by reason.");
        _meter.CreateObservableUpDownCounter(
            "rotel.memory.reserved", () => budget.Reserved, "By", "Bytes reserved of the memory budget.");
        _meter.CreateObservableUpDownCounter("rotel.memory.limit", () => budget.Limit, "By", "The memory budget.");
        _meter.CreateObservableGauge(
            "rotel.memory.guarded",
            () => budget.Guard?.Problem is null ? 0L : 1L,
            "1",
            "1 while the process's memory is nearly used up and telemetry is refused early, or else 0.");
        _meter.CreateObservableCounter(
            "rotel.thread_pool.starvations",
            () => Volatile.Read(ref _relief)?.Found ?? 0,
            "{occurrence}",
            "How often the process's thread pool was found blocked.");
        _meter.CreateObservableUpDownCounter("rotel.disk_queue.size", PerLog, "By", "Bytes the disk queue has on disk.");
        _meter.CreateObservableUpDownCounter("rotel.disk_queue.limit", DiskLimit, "By", "Bytes the disk queue may have on disk.");
        _meter.CreateObservableUpDownCounter(
            "rotel.disk_queue.items",
            () => PerLane(lane => lane.ItemsOnDisk),
            "{item}",
            "Items accepted since the start that are on disk and not in memory.");
        _meter.CreateObservableUpDownCounter(
            "rotel.disk_queue.unfinished", () => PerLane(lane => lane.UnfinishedBytes), "By", "Bytes on disk that are still to be delivered.");
        _meter.CreateObservableCounter("rotel.disk_queue.damaged", DamagedBytes, "By", "Bytes on disk that could not be read.");
        _attemptDuration = _meter.CreateHistogram<double>("rotel.exporter.attempt.duration", "s", "How long attempts to export took.");
    }

    /// <summary>This collector's own; others in the process have the same name.</summary>
    public Meter Meter => _meter;

    /// <summary>A copy, in the order in which they were made.</summary>
    public ReceiverLedger[] Receivers
    {
        get
        {
            lock (_receivers)
                return [.. _receivers];
        }
    }

    /// <inheritdoc cref="Receivers"/>
    public ConnectionLedger[] Connections
    {
        get
        {
            lock (_connections)
                return [.. _connections];
        }
    }

    /// <inheritdoc cref="Receivers"/>
    public ProcessorLedger[] Processors
    {
        get
        {
            lock (_processors)
                return [.. _processors];
        }
    }

    public ReceiverLedger AddReceiver(string receiver, OtlpSignal signal)
    {
        var ledger = new ReceiverLedger(receiver, signal);
        lock (_receivers)
            _receivers.Add(ledger);
        return ledger;
    }

    public ConnectionLedger AddConnections(string receiver)
    {
        var ledger = new ConnectionLedger(receiver);
        lock (_connections)
            _connections.Add(ledger);
        return ledger;
    }

    public ProcessorLedger AddProcessor(string processor, OtlpSignal signal)
    {
        lock (_processors)
        {
            var ledger = _processors.Find(known => known.Processor == processor && known.Signal == signal);
            if (ledger is null)
                _processors.Add(ledger = new ProcessorLedger(processor, signal));
            return ledger;
        }
    }

    public ExporterLedger CreateExporterLedger(string exporter, OtlpSignal signal) =>
        new(exporter, signal, _attemptDuration, Tags(exporter, signal));

    public void Watch(ExporterQueue queue)
    {
        lock (_queues)
            _queues.Add(queue);
    }

    public void Watch(StarvationRelief relief) => Volatile.Write(ref _relief, relief);

    public void Watch(DiskQueue disk) => Volatile.Write(ref _disk, disk);

    public void Watch(DeadLetterLedger deadLetters) => Volatile.Write(ref _deadLetters, deadLetters);

    public void Dispose() => _meter.Dispose();

    private static KeyValuePair<string, object?>[] Tags(string component, OtlpSignal signal) =>
        [new("rotel.component", component), new("rotel.signal", signal.Name())];

    private static KeyValuePair<string, object?>[] Tags(string component, OtlpSignal signal, string reason) =>
        [.. Tags(component, signal), new("rotel.reason", reason)];

    private Measurement<long>[] PerReceiver(Func<ReceiverLedger, long> value)
    {
        lock (_receivers)
            return [.. _receivers.Select(ledger => new Measurement<long>(value(ledger), Tags(ledger.Receiver, ledger.Signal)))];
    }

    private Measurement<long>[] PerQueue(Func<ExporterQueue, long> value)
    {
        lock (_queues)
            return [.. _queues.Select(queue => new Measurement<long>(value(queue), Tags(queue.Exporter, queue.Signal)))];
    }

    private Measurement<double>[] OldestAges()
    {
        lock (_queues)
            return [.. _queues.Select(queue => new Measurement<double>(queue.OldestAge.TotalSeconds, Tags(queue.Exporter, queue.Signal)))];
    }

    private Measurement<long>[] PerLog() => Volatile.Read(ref _disk) is not { } disk ? [] :
        [.. disk.Signals.Select(signal => new Measurement<long>(signal.Bytes, new KeyValuePair<string, object?>("rotel.signal", signal.Signal.Name())))];

    private Measurement<long>[] PerLane(Func<DiskLane, long> value) => Volatile.Read(ref _disk) is not { } disk ? [] :
        [.. disk.Signals.SelectMany(signal => signal.Lanes, (signal, lane) => new Measurement<long>(value(lane), Tags(lane.Exporter, signal.Signal)))];

    private Measurement<long>[] DiskLimit() => Volatile.Read(ref _disk) is { } disk ? [new(disk.MaxBytes)] : [];

    private Measurement<long>[] DamagedBytes() => Volatile.Read(ref _disk) is { } disk ? [new(disk.DamagedBytes)] : [];

    private List<Measurement<long>> PerRefusal()
    {
        var measurements = new List<Measurement<long>>();
        lock (_receivers)
        {
            foreach (var ledger in _receivers)
            {
                for (var reason = (RefusalReason)0; (int)reason < RefusalReasons.Count; reason++)
                {
                    if (ledger.Refused(reason) is var requests and > 0)
                        measurements.Add(new(requests, Tags(ledger.Receiver, ledger.Signal, reason.Name())));
                }
            }
        }

        return measurements;
    }

    private Measurement<long>[] PerRejection()
    {
        lock (_receivers)
        {
            return
            [
                .. _receivers.Where(ledger => ledger.OversizedItems > 0).Select(
                    ledger => new Measurement<long>(
                        ledger.OversizedItems, Tags(ledger.Receiver, ledger.Signal, DropReason.ItemTooLarge.Name()))),
            ];
        }
    }

    private List<Measurement<long>> PerConnectionRefusal()
    {
        var measurements = new List<Measurement<long>>();
        lock (_connections)
        {
            foreach (var ledger in _connections)
            {
                for (var reason = (ConnectionRefusal)0; (int)reason < ConnectionRefusals.Count; reason++)
                {
                    if (ledger.Refused(reason) is var connections and > 0)
                        measurements.Add(new(connections, new("rotel.component", ledger.Receiver), new("rotel.reason", reason.Name())));
                }
            }
        }

        return measurements;
    }

    private List<Measurement<long>> PerProcessorLoss()
    {
        var measurements = new List<Measurement<long>>();
        lock (_processors)
        {
            foreach (var ledger in _processors)
            {
                for (var reason = (ProcessorLossReason)0; (int)reason < ProcessorLossReasons.Count; reason++)
                {
                    if (ledger.Dropped(reason) is var items and > 0)
                        measurements.Add(new(items, Tags(ledger.Processor, ledger.Signal, reason.Name())));
                }
            }
        }

        return measurements;
    }

    private Measurement<long>[] PerProcessorFailure()
    {
        lock (_processors)
            return [.. _processors.Select(ledger => new Measurement<long>(ledger.Failures, Tags(ledger.Processor, ledger.Signal)))];
    }

    private List<Measurement<long>> PerDrop()
    {
        var measurements = new List<Measurement<long>>();
        lock (_queues)
        {
            foreach (var queue in _queues)
            {
                for (var reason = (DropReason)0; (int)reason < DropReasons.Count; reason++)
                {
                    if (queue.Ledger.Dropped(reason) is var items and > 0)
                        measurements.Add(new(items, Tags(queue.Exporter, queue.Signal, reason.Name())));
                }
            }
        }

        return measurements;
    }

    private Measurement<long>[] PerKeptLetters() =>
    [
        .. (Volatile.Read(ref _deadLetters)?.Kept ?? []).Select(
            kept => new Measurement<long>(kept.Items, Tags(kept.Exporter, kept.Signal))),
    ];

    private Measurement<long>[] PerLostLetters() =>
    [
        .. (Volatile.Read(ref _deadLetters)?.Lost ?? []).Select(
            lost => new Measurement<long>(lost.Items, Tags(lost.Exporter, lost.Signal, lost.Loss.Name()))),
    ];
}
