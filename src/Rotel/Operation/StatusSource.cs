using System.Net;
using System.Text.Json;
using Rotel.Delivery;
using Rotel.Diagnostics;
using Rotel.Durability;
using Rotel.Hosting;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.Receivers.Operation;
using Rotel.Receivers.Otlp;
using Rotel.Sharing;

namespace Rotel.Operation;

/// <summary>
/// Reads the status of one collector from its ledgers and queues; keeps no books of its own, so that it costs nothing until somebody asks
/// and can never disagree with the metrics.
/// </summary>
internal sealed class StatusSource(Collector collector, CollectorParts parts) : IStatusSource
{
    /// <summary>How long a loss is a problem: as long as who looks once a minute needs to see it.</summary>
    private static readonly TimeSpan LossMemory = TimeSpan.FromMinutes(1);

    /// <summary>A message in a status is for a line on a screen.</summary>
    private const int MaxMessageLength = 1000;

    public static RotelStatus SwitchedOff() => new()
    {
        State = RotelState.SwitchedOff,
        Version = OwnTelemetry.Version,
        ProcessId = Environment.ProcessId,
        ObservedAt = TimeProvider.System.GetUtcNow(),
    };

    public RotelStatus Get()
    {
        var (state, problems) = Judge();
        return new RotelStatus
        {
            State = state,
            Problems = problems,
            Version = OwnTelemetry.Version,
            ProcessId = Environment.ProcessId,
            StartedAt = collector.StartedAt,
            ObservedAt = parts.Time.GetUtcNow(),
            Receivers = [.. parts.Metrics.Receivers.GroupBy(ledger => ledger.Receiver, StringComparer.Ordinal).Select(StatusOf)],
            Pipelines = [.. parts.Pipelines.OfType<Pipeline>().Select(StatusOf)],
            Exporters = [.. collector.Queues.GroupBy(queue => queue.Exporter, StringComparer.Ordinal).Select(StatusOf)],
            SharedAgent = SharedAgentOf(collector.Sharing),
            DiskQueue = StatusOf(collector.Disk),
            Memory = new MemoryStatus
            {
                ReservedBytes = collector.Budget.Reserved,
                LimitBytes = collector.Budget.Limit,
                IsGuarded = collector.Budget.Guard?.Problem is not null,
            },
        };
    }

    public ReadOnlyMemory<byte> DescribeStatus() => Get().ToUtf8Json();

    public ReadOnlyMemory<byte> DescribeHealth(out bool isUp)
    {
        var (state, problems) = Judge();
        isUp = state is RotelState.Running or RotelState.Degraded;
        return JsonSerializer.SerializeToUtf8Bytes(new HealthAnswer(state, problems), StatusJson.Default.HealthAnswer);
    }

    private (RotelState State, IReadOnlyList<string> Problems) Judge()
    {
        var state = CollectorHealth.StateOf(collector);
        if (state != RotelState.Running)
            return (state, []);
        var now = parts.Time.GetUtcNow();
        var problems = CollectorHealth.ProblemsOf(
            collector, queue => now - queue.Ledger.LastLoss < LossMemory ? $"{queue.Signal.ItemNoun()} within the last minute" : null);
        return (problems.Count > 0 ? RotelState.Degraded : state, problems);
    }

    private ReceiverStatus StatusOf(IGrouping<string, ReceiverLedger> ledgers) => new()
    {
        Name = ledgers.Key,
        Endpoints = [.. EndpointsOf(ledgers.Key).Select(endpoint => endpoint.ToString()!)],
        Problem = ProblemOf(ledgers.Key),
        RefusedConnections = RefusedConnectionsOf(ledgers.Key),
        Signals =
        [
            .. ledgers.Where(ledger => parts.Pipelines[(int)ledger.Signal] is not null).Select(ledger => new ReceiverSignalStatus
            {
                Signal = ledger.Signal,
                Accepted = ledger.Accepted,
                Refused = CountsOf(
                    RefusalReasons.Count, reason => ((RefusalReason)reason).Name(), reason => ledger.Refused((RefusalReason)reason)),
                OversizedItems = ledger.OversizedItems,
            }),
        ],
    };

    private Dictionary<string, long> RefusedConnectionsOf(string receiver)
    {
        var ledger = Array.Find(parts.Metrics.Connections, ledger => ledger.Receiver == receiver);
        return CountsOf(
            ConnectionRefusals.Count,
            reason => ((ConnectionRefusal)reason).Name(),
            reason => ledger?.Refused((ConnectionRefusal)reason) ?? 0);
    }

    private IReadOnlyList<EndPoint> EndpointsOf(string receiver) => receiver switch
    {
        OtlpReceiver.GrpcName => collector.GrpcEndpoints,
        OtlpReceiver.HttpName => collector.HttpEndpoints,
        _ => [],
    };

    /// <summary>OTLP has none; of the others there is one for each that is configured, in the same order.</summary>
    private string? ProblemOf(string receiver) => collector.Plan.Options.Receivers.Others
        .Zip(parts.Listeners.Receivers.Where(running => running is not OtlpReceiver))
        .FirstOrDefault(pair => pair.First.Type.Name == receiver).Second?.Problem;

    private static SharedAgentStatus? SharedAgentOf(SharedAgent? sharing) => sharing?.Part is not { } part ? null : new()
    {
        Role = part.Role,
        File = sharing.Path,
        HolderProcessId = part.Holder?.ProcessId,
        GrpcEndpoints = part.Holder?.GrpcEndpoints ?? [],
        HttpEndpoints = part.Holder?.HttpEndpoints ?? [],
    };

    private static DiskQueueStatus? StatusOf(DiskQueue? disk) => disk is null ? null : new()
    {
        Bytes = disk.Signals.Sum(signal => signal.Bytes),
        LimitBytes = disk.MaxBytes,
        DamagedBytes = disk.DamagedBytes,
        Problem = disk.Problem,
    };

    private PipelineStatus StatusOf(Pipeline pipeline) => new()
    {
        Signal = pipeline.Signal,
        Processors = [.. parts.ProcessorNames[(int)pipeline.Signal].Select(name => StatusOf(name, pipeline.Signal))],
        Exporters = [.. parts.Queues.Where(queue => queue.Signal == pipeline.Signal).Select(queue => queue.Exporter)],
    };

    private ProcessorStatus StatusOf(string processor, OtlpSignal signal)
    {
        var ledger = parts.Metrics.Processors.FirstOrDefault(ledger => ledger.Processor == processor && ledger.Signal == signal);
        return new()
        {
            Name = processor,
            Dropped = CountsOf(
                ProcessorLossReasons.Count,
                reason => ((ProcessorLossReason)reason).Name(),
                reason => ledger?.Dropped((ProcessorLossReason)reason) ?? 0),
            Failed = ledger?.Failures ?? 0,
        };
    }

    private ExporterStatus StatusOf(IGrouping<string, ExporterQueue> queues) => new()
    {
        Name = queues.Key,
        Type = collector.Plan.Exporters.FirstOrDefault(exporter => exporter.Name == queues.Key)?.Type.Name ?? ForwardExporter.Name,
        Problem = queues.First().ExporterProblem,
        Signals = [.. queues.Select(StatusOf)],
    };

    private static ExporterSignalStatus StatusOf(ExporterQueue queue) => new()
    {
        Signal = queue.Signal,
        QueueItems = queue.HeldItems,
        QueueBytes = queue.UsedBytes,
        QueueLimitBytes = queue.MaxBytes,
        OldestAge = queue.OldestAge,
        DiskItems = queue.Lane?.ItemsOnDisk ?? 0,
        DiskBytes = queue.Lane?.UnfinishedBytes ?? 0,
        Kept = queue.Ledger.Kept,
        Accepted = queue.Ledger.Accepted,
        Sent = queue.Ledger.Delivered,
        Dropped = CountsOf(DropReasons.Count, reason => ((DropReason)reason).Name(), reason => queue.Ledger.Dropped((DropReason)reason)),
        FailedAttempts = queue.Ledger.FailedAttempts,
        LastSuccess = queue.Ledger.LastSuccess,
        LastError = queue.Ledger.LastFailure is { } failure
            ? new ExporterFailure
            {
                At = failure.At,
                Message = BoundedText.OneLine(failure.Message ?? "no message", MaxMessageLength),
            }
            : null,
        LastLoss = queue.Ledger.LastLoss,
    };

    private static Dictionary<string, long> CountsOf(int reasons, Func<int, string> name, Func<int, long> count)
    {
        var counts = new Dictionary<string, long>();
        for (var reason = 0; reason < reasons; reason++)
        {
            if (count(reason) is var items and > 0)
                counts.Add(name(reason), items);
        }

        return counts;
    }
}
