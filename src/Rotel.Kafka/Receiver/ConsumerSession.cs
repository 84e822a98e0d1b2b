using System.Runtime.ExceptionServices;
using Confluent.Kafka;
using Rotel.Kafka.Connection;
using Rotel.Memory;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.Threading;

namespace Rotel.Kafka.Receiver;

/// <summary>
/// One client of librdkafka, from subscribing to leaving, on the consumer's thread:
/// <code>
///   room? -> read a record -> validate, process -> admit, or hold until there is room -> [completion] -> stored -> committed
/// </code>
/// Records are read only while the budget has room, so that at most one is over it; one that finds the queues full is held, and the
/// partitions are paused when that lasts. The client is polled all the while, so that the member stays in its group.
/// </summary>
internal sealed partial class ConsumerSession : IDisposable
{
    /// <summary>How long the client may wait for a record, and so how late a change of phase is noticed.</summary>
    private static readonly TimeSpan PollTime = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// How long room is waited for before partitions are paused: a pause makes librdkafka throw away what it has fetched, and fetch it
    /// again.
    /// </summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    private readonly ReceiverScope _scope;
    private readonly Intake _intake;
    private readonly TimeProvider _time;
    private readonly ValueReader _values;
    private readonly KafkaTokenRefresh? _tokens;
    private readonly IConsumer<byte[]?, ReceivedValue> _consumer;
    private readonly Queue<HeldPayload> _held = new();
    private bool _isFull;

    /// <summary>What a handler threw.</summary>
    private ExceptionDispatchInfo? _failure;

    /// <exception cref="InvalidOperationException">librdkafka refuses the properties.</exception>
    public ConsumerSession(ReceiverScope scope)
    {
        _scope = scope;
        _intake = scope.Intake;
        _time = scope.Time;
        _values = new ValueReader(_intake, scope.Topics, scope.Options.Format, keepsOriginal: scope.DeadLetters is not null);
        var builder = new ConsumerBuilder<byte[]?, ReceivedValue>(scope.Properties.All)
            .SetKeyDeserializer(new KeyReader(isNeeded: scope.DeadLetters is not null))
            .SetValueDeserializer(_values)
            .SetLogHandler((_, line) => scope.ClientLog.OnLog(line))
            .SetErrorHandler((_, error) => scope.ClientLog.OnError(error))
            .SetPartitionsAssignedHandler((_, partitions) => GuardAssigned(partitions))
            .SetPartitionsRevokedHandler((_, partitions) => Guard(OnRevoked, partitions))
            .SetPartitionsLostHandler((_, partitions) => Guard(OnLost, partitions))
            .SetOffsetsCommittedHandler((_, offsets) => Guard(OnCommitted, offsets));
        if (scope.Options.Security.OAuthBearerToken is { } source)
        {
            _tokens = new KafkaTokenRefresh(source, scope.ClientLog);
            builder.SetOAuthBearerTokenRefreshHandler((client, _) => _tokens.OnRefresh(client));
        }

        _storeInterval = StoreIntervalOf(scope.Options.AutoCommitInterval);
        _consumer = builder.Build();
    }

    /// <summary>Whether it has ever committed anything.</summary>
    public bool HasWorked { get; private set; }

    /// <summary>
    /// Reads until the receiver is to leave. An exception means that the session is over and all it had not committed forgotten.
    /// </summary>
    public void Run()
    {
        _consumer.Subscribe(_scope.Topics.Subscription);
        _scope.Logger.Subscribed(
            string.Join(", ", _scope.Topics.Subscription),
            _scope.Options.GroupId,
            string.Join(", ", _scope.Options.Brokers.DefaultIfEmpty(KafkaConnectionSettings.DefaultBroker)));
        while (_scope.Phase is var phase && phase != ReceiverPhase.Leaving)
        {
            if (phase == ReceiverPhase.Draining)
            {
                DropHeld(static _ => true);
                _isFull = false;
                _scope.SetQuiet();
            }

            var isTaking = phase == ReceiverPhase.Receiving && FindRoom();
            SettlePauses(!isTaking);
            if (Poll(phase == ReceiverPhase.Receiving && _isFull ? TimeSpan.Zero : PollTime) is { } record)
                Take(record);
            _failure?.Throw();
            TendIfDue();
        }

        DropHeld(static _ => true);
        _scope.SetQuiet();
        _scope.DeadLetters?.Flush(new Deadline(_time, _scope.LeaveBy.Remaining / 2));
        StorePositions(_partitions.Values);
        _consumer.Close();
    }

    public void Dispose()
    {
        DropHeld(static _ => true);
        _tokens?.Dispose();
        _consumer.Dispose();
        _values.Dispose();
    }

    /// <summary>
    /// A handler that throws would leave librdkafka waiting for the end of a rebalance, for which it waits also when it is destroyed: the
    /// failure is kept until the handler is through.
    /// </summary>
    private void Guard<T>(Action<T> handler, T argument)
    {
        try
        {
            handler(argument);
        }
        catch (Exception exception)
        {
            _failure ??= ExceptionDispatchInfo.Capture(exception);
        }
    }

    /// <summary>Whether another record may be read; waits a while for room, short of it.</summary>
    private bool FindRoom()
    {
        if (HasRoom(out _))
        {
            _isFull = false;
            return true;
        }

        // While partitions are paused the wait is the pace at which the client is polled.
        var deadline = new Deadline(_time, _isFull ? PollTime : Patience);
        while (true)
        {
            if (HasRoom(out var room))
            {
                _isFull = false;
                return true;
            }

            // A wait for one task is ended by whoever completes it; that for one of several by the thread pool, which may be starved.
            if (_scope.Phase != ReceiverPhase.Receiving || !room.Wait(deadline.Remaining))
            {
                _isFull = true;
                return false;
            }
        }
    }

    /// <param name="room">Completes when it is worth looking again.</param>
    private bool HasRoom(out Task room)
    {
        while (_held.TryPeek(out var held))
        {
            var admission = _intake.TryAdmit(held.Payload, out room);
            if (admission == AdmissionResult.Full)
                return false;
            _held.Dequeue();
            if (admission == AdmissionResult.Closed)
                held.GiveUp();
        }

        var budget = _intake.Pool.Budget;
        room = Task.CompletedTask;
        if (budget.HasRoomFor(1))
            return true;

        // Taken before the second look, so that room made in between is not missed.
        room = budget.Room.NextRelease();
        return budget.HasRoomFor(1);
    }

    private ConsumeResult<byte[]?, ReceivedValue>? Poll(TimeSpan time)
    {
        try
        {
            var result = _consumer.Consume(time);
            if (result is not { IsPartitionEOF: true })
                return result;
            _scope.Logger.PartitionEnd(result.Topic, result.Partition.Value, result.Offset.Value);
        }
        catch (ConsumeException exception) when (!exception.Error.IsFatal && !IsDefect(exception.Error))
        {
            _scope.OnReadError(exception.Error, exception.ConsumerRecord?.Topic);
        }

        return null;
    }

    /// <summary>Our side failed while it took a record over, which would be passed by if the session went on.</summary>
    private static bool IsDefect(Error error) => error.Code is ErrorCode.Local_KeyDeserialization or ErrorCode.Local_ValueDeserialization;

    private void Take(ConsumeResult<byte[]?, ReceivedValue> record)
    {
        var value = record.Message.Value;
        if (Track(record) is not { } completion)
        {
            value.Buffer?.Dispose();
            return;
        }

        _scope.Works();
        _scope.IsThere(record.Topic);
        if (value.Defect is { } defect)
        {
            OnDefect(defect, completion);
        }
        else if (value.Problem is not null)
        {
            _intake.Refuse(value.Signal, value.Reason, value.Problem);
            PassBy(record, value.Reason, value.Problem, completion);
        }
        else if (value.Buffer is { } buffer)
        {
            Admit(record, value.Signal, buffer, value.Length, completion);
        }
        else
        {
            // No bytes are a request without anything in it.
            completion.Complete(DeliveryStatus.Delivered);
        }
    }

    private void Admit(
        ConsumeResult<byte[]?, ReceivedValue> record, OtlpSignal signal, PooledBuffer buffer, int length, DeliveryCompletion completion)
    {
        IngestResult result;
        OtlpPayload? payload;
        try
        {
            result = _intake.Prepare(signal, buffer, length, _scope.Headers?.Capture(record.Message.Headers), completion, out payload);
        }
        catch (Exception exception)
        {
            OnDefect(exception, completion);
            return;
        }

        if (payload is not null)
            _held.Enqueue(new HeldPayload(payload, (record.Topic, record.Partition.Value)));
        else if (result.IsAccepted)
            completion.Complete(DeliveryStatus.Delivered);
        else
            PassBy(record, result.Reason, result.Message, completion);
    }

    /// <summary>A processor threw, or there was no memory: the record may be sound, and is tried again.</summary>
    private void OnDefect(Exception exception, DeliveryCompletion completion)
    {
        completion.Complete(DeliveryStatus.Abandoned);
        if (_scope.Defects.TryTake(out var records))
            _scope.Logger.RecordFailed(records, exception);
    }

    /// <summary>The record cannot be read, now or ever. It was counted; its offset is done, with dead letters once they have it.</summary>
    private void PassBy(
        ConsumeResult<byte[]?, ReceivedValue> record, RefusalReason reason, string? problem, DeliveryCompletion completion)
    {
        var isTime = _scope.PassedBy.TryTake(out var records);
        var (topic, partition, offset) = (record.Topic, record.Partition.Value, record.Offset.Value);
        if (_scope.DeadLetters is { } deadLetters)
        {
            if (isTime)
                _scope.Logger.SentToDeadLetters(records, topic, partition, offset, reason.Name(), problem);
            deadLetters.Send(record, _values.CopyOriginal(), reason, completion);
            return;
        }

        if (isTime)
            _scope.Logger.PassedBy(records, topic, partition, offset, reason.Name(), problem);
        completion.Complete(DeliveryStatus.Rejected);
    }

    /// <summary>Lets go of payloads that found no room; they will be read again.</summary>
    private void DropHeld(Predicate<HeldPayload> which)
    {
        for (var left = _held.Count; left > 0; left--)
        {
            var held = _held.Dequeue();
            if (which(held))
                held.GiveUp();
            else
                _held.Enqueue(held);
        }
    }

    /// <summary>A payload that is ready and waits for room in the queues; more than one only where partitions were just assigned.</summary>
    private readonly record struct HeldPayload(OtlpPayload Payload, (string Topic, int Partition) Source)
    {
        public void GiveUp()
        {
            var completion = Payload.Completion;
            Payload.Dispose();
            completion?.Complete(DeliveryStatus.Abandoned);
        }
    }
}
