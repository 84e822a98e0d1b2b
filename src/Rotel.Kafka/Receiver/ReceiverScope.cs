using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Rotel.Diagnostics;
using Rotel.Kafka.Connection;
using Rotel.Pipelines;
using Rotel.Threading;

namespace Rotel.Kafka.Receiver;

/// <summary>
/// What outlives the client of a receiver, and what both its threads look at: options and context, the phase, and what is wrong.
/// </summary>
internal sealed class ReceiverScope : IDisposable
{
    private readonly TaskCompletionSource _draining = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _quiet = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly OncePerInterval _readErrors;
    private int _phase;
    private readonly Dictionary<string, string> _missing = new(StringComparer.Ordinal);
    private volatile string? _problem;
    private volatile string? _missingProblem;
    private volatile string? _stuckProblem;

    public ReceiverScope(KafkaReceiverOptions options, ReceiverContext context)
    {
        Options = options;
        Context = context;

        // Where the brokers decide, librdkafka says nothing to a member that gets no partition, which is as well as the others.
        _problem = ReceiverProperties.BrokersDecide(options) ? null : "it has not joined its consumer group yet";
        PrefetchBytes = ReceiverProperties.PrefetchBytes(context.Intake.Pool.Budget.Limit);
        Properties = ReceiverProperties.Consumer(options, PrefetchBytes);
        ClientLog = new KafkaClientLog($"Receiver '{context.Name}'", Properties, context.Logger, context.Time);
        Topics = new TopicSignals(options);
        Headers = RecordHeaders.From(options);
        DeadLetters = options.DeadLetterTopic is { } topic
            ? new DeadLetterTopic(topic, options, context.Intake.Pool.Budget, context.Logger, context.Time)
            : null;
        PassedBy = new OncePerInterval(context.Time);
        Abandoned = new OncePerInterval(context.Time);
        NotCommitted = new OncePerInterval(context.Time);
        Defects = new OncePerInterval(context.Time);
        BeginNotKnown = new OncePerInterval(context.Time);
        _readErrors = new OncePerInterval(context.Time);
    }

    public KafkaReceiverOptions Options { get; }

    public ReceiverContext Context { get; }

    public Intake Intake => Context.Intake;

    public TimeProvider Time => Context.Time;

    public ILogger Logger => Context.Logger;

    /// <summary>What librdkafka may hold by itself; charged to the budget while the receiver runs.</summary>
    public int PrefetchBytes { get; }

    public KafkaProperties Properties { get; }

    public KafkaClientLog ClientLog { get; }

    public TopicSignals Topics { get; }

    /// <summary>Null when no headers are kept.</summary>
    public RecordHeaders? Headers { get; }

    /// <summary>Null when records that cannot be read are passed by.</summary>
    public DeadLetterTopic? DeadLetters { get; }

    public EndedSignal Ended { get; } = new();

    public OncePerInterval PassedBy { get; }

    public OncePerInterval Abandoned { get; }

    public OncePerInterval NotCommitted { get; }

    public OncePerInterval Defects { get; }

    public OncePerInterval BeginNotKnown { get; }

    public ReceiverPhase Phase => (ReceiverPhase)Volatile.Read(ref _phase);

    /// <summary>Completes when nothing more is to be taken.</summary>
    public Task Draining => _draining.Task;

    /// <summary>Completes when nothing more is taken.</summary>
    public Task Quiet => _quiet.Task;

    /// <summary>When leaving must be over.</summary>
    public Deadline LeaveBy { get; private set; }

    public string? Problem => ClientLog.Problem ?? _missingProblem ?? _problem ?? DeadLetters?.Problem ?? _stuckProblem;

    public void Drain()
    {
        Interlocked.CompareExchange(ref _phase, (int)ReceiverPhase.Draining, (int)ReceiverPhase.Receiving);
        _draining.TrySetResult();
    }

    public void Leave(Deadline deadline)
    {
        LeaveBy = deadline;
        Volatile.Write(ref _phase, (int)ReceiverPhase.Leaving);
        _draining.TrySetResult();
    }

    /// <summary>The consumer's thread takes nothing more.</summary>
    public void SetQuiet() => _quiet.TrySetResult();

    /// <summary>A record came, or partitions, or offsets were committed.</summary>
    public void Works()
    {
        _problem = null;
        ClientLog.Works();
    }

    /// <summary>Reading failed; librdkafka tries again by itself.</summary>
    /// <param name="error">What it says. It says once that a topic cannot be read, and not when that is over.</param>
    /// <param name="topic">The topic that could not be read; null or empty when it is not about one.</param>
    public void OnReadError(Error error, string? topic)
    {
        var problem = ClientLog.Clean(error.Reason);
        if (!string.IsNullOrEmpty(topic) && error.Code is (ErrorCode.UnknownTopicOrPart or ErrorCode.TopicAuthorizationFailed))
        {
            _missing[topic] = problem;
            _missingProblem = string.Join("; ", _missing.Values);
        }
        else
        {
            _problem = problem;
        }

        if (_readErrors.TryTake(out var times))
            Logger.NotRead(times, problem);
    }

    /// <summary>Partitions of the topic can be read. The consumer's thread's, as <see cref="OnReadError"/>.</summary>
    public void IsThere(string topic)
    {
        if (_missing.Count > 0 && _missing.Remove(topic))
            _missingProblem = _missing.Count == 0 ? null : string.Join("; ", _missing.Values);
    }

    /// <summary>Says where records are given up again and again; null for nowhere.</summary>
    public void SetStuck(TopicPartition? partition) => _stuckProblem = partition is null
        ? null
        : $"records of {partition.Topic}[{partition.Partition.Value}] are given up again and again, and what follows them waits";

    public void OnFailure(Exception exception) =>
        _problem = $"the receiver failed unexpectedly ({exception.GetType().Name}) and starts again";

    public void Dispose() => DeadLetters?.Dispose();
}
