using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Rotel.Pipelines;
using Rotel.Threading;

namespace Rotel.Kafka.Receiver;

/// <content>The partitions that are this member's: what is tracked, stored, paused and read again. Handlers run inside of a poll.</content>
internal sealed partial class ConsumerSession
{
    /// <summary>How long what is under way may hold up the group when it takes partitions away, within the session.</summary>
    private static readonly TimeSpan RevokePatience = TimeSpan.FromSeconds(2);

    private readonly Dictionary<(string Topic, int Partition), AssignedPartition> _partitions = [];
    private readonly TimeSpan _storeInterval;
    private long _tendedAt;
    private bool _arePaused;
    private bool _pausesChanged;

    /// <summary>Positions are stored a good deal more often than librdkafka commits them, so that they are hardly older for it.</summary>
    private static TimeSpan StoreIntervalOf(TimeSpan commitInterval) =>
        TimeSpan.FromMilliseconds(Math.Clamp(commitInterval.TotalMilliseconds / 5, 5, 1000));

    /// <summary>What the record's end is told to; null when the record is not to be taken.</summary>
    private DeliveryCompletion? Track(ConsumeResult<byte[]?, ReceivedValue> record)
    {
        if (!_partitions.TryGetValue((record.Topic, record.Partition.Value), out var partition))
            return null;
        return partition.Progress is { } progress ? progress.Take(record.Offset.Value, record.LeaderEpoch) : new UntrackedRecord();
    }

    private void OnAssigned(List<TopicPartition> partitions)
    {
        foreach (var partition in partitions)
        {
            var progress = _scope.Options.TracksDelivery
                ? new PartitionProgress(_scope.Options.DisableExporterIndefiniteRetry, _scope.Ended)
                : null;
            _partitions[(partition.Topic, partition.Partition.Value)] = new AssignedPartition(partition, progress);
        }

        _pausesChanged = true;
        _scope.Works();
        if (partitions.Count > 0 && _scope.Logger.IsEnabled(LogLevel.Information))
            _scope.Logger.Assigned(Describe(partitions));
    }

    /// <summary>
    /// Gives what is under way a moment to end, and stores what has; librdkafka commits it before it lets the partitions go.
    /// </summary>
    private void OnRevoked(List<TopicPartitionOffset> partitions)
    {
        var leaving = Forget(partitions);
        if (_scope.Phase != ReceiverPhase.Leaving)
        {
            var session = _scope.Options.SessionTimeout / 4;
            var deadline = new Deadline(_time, session < RevokePatience ? session : RevokePatience);
            _scope.Ended.Wait(() => leaving.TrueForAll(partition => partition.Progress?.HasUnderWay() != true), deadline);
        }

        StorePositions(leaving);
        if (leaving.Count > 0 && _scope.Logger.IsEnabled(LogLevel.Information))
            _scope.Logger.Revoked(Describe(leaving.Select(partition => partition.Partition)));
    }

    /// <summary>Others may have committed for these partitions since: nothing is stored.</summary>
    private void OnLost(List<TopicPartitionOffset> partitions)
    {
        var lost = Forget(partitions);
        if (lost.Count > 0)
            _scope.Logger.Lost(Describe(lost.Select(partition => partition.Partition)));
    }

    /// <summary>What ends later of these partitions is told to nobody.</summary>
    private List<AssignedPartition> Forget(List<TopicPartitionOffset> partitions)
    {
        var forgotten = new List<AssignedPartition>(partitions.Count);
        foreach (var partition in partitions)
        {
            if (_partitions.Remove((partition.Topic, partition.Partition.Value), out var assigned))
                forgotten.Add(assigned);
        }

        DropHeld(held => !_partitions.ContainsKey(held.Source));
        return forgotten;
    }

    private void OnCommitted(CommittedOffsets committed)
    {
        var error = committed.Offsets.Select(offset => offset.Error).Prepend(committed.Error).FirstOrDefault(error => error.IsError);
        if (error is null)
        {
            HasWorked = true;
            _scope.Works();
            return;
        }

        // Nothing was stored since the last time.
        if (error.Code == ErrorCode.Local_NoOffset)
            return;
        if (_scope.NotCommitted.TryTake(out var times))
            _scope.Logger.NotCommitted(times, _scope.ClientLog.Clean(error.Reason));
    }

    private void TendIfDue()
    {
        if (!_scope.Options.TracksDelivery || _time.GetElapsedTime(_tendedAt) < _storeInterval)
            return;

        _tendedAt = _time.GetTimestamp();
        StorePositions(_partitions.Values);
        if (_scope.Phase != ReceiverPhase.Receiving)
            return;
        foreach (var partition in _partitions.Values)
            ReadAgain(partition);

        // A partition with too many records on their way is held back, and let go again.
        _pausesChanged = true;
    }

    /// <summary>Hands positions to librdkafka, which commits them in the background, again and again until that succeeds.</summary>
    private void StorePositions(IEnumerable<AssignedPartition> partitions)
    {
        foreach (var partition in partitions)
        {
            if (partition.Progress?.Position() is not { } position || position.Offset <= partition.StoredOffset)
                continue;
            try
            {
                _consumer.StoreOffset(new TopicPartitionOffset(partition.Partition, position.Offset, position.LeaderEpoch));
                partition.StoredOffset = position.Offset;
            }
            catch (KafkaException exception)
            {
                // Between assignments; the next time, or the next owner's.
                if (_scope.NotCommitted.TryTake(out var times))
                    _scope.Logger.NotCommitted(times, _scope.ClientLog.Clean(exception.Error.Reason));
            }
        }
    }

    /// <summary>Lets a partition rest in which records were given up, and after a while reads it from there again.</summary>
    private void ReadAgain(AssignedPartition partition)
    {
        if (partition.FindsAbandoned(_time) && _scope.Abandoned.TryTake(out var times))
        {
            _scope.Logger.Abandoned(
                times, partition.Partition.Topic, partition.Partition.Partition.Value, partition.Progress!.FirstAbandoned() ?? -1);
        }

        if (_isFull || partition.DueReplay(_time) is not { } offset)
            return;

        // A pause makes the client read on from what it handed out last, whatever it was told to seek.
        _consumer.Resume([partition.Partition]);
        partition.IsPaused = false;
        try
        {
            _consumer.Seek(new TopicPartitionOffset(partition.Partition, offset));
            partition.Replay(offset);
        }
        catch (KafkaException exception)
        {
            // The partition is not read yet, or no longer; it rests on until the next look.
            _scope.OnReadError(exception.Error);
        }
    }

    /// <summary>Pauses and resumes where that differs from what the client was told.</summary>
    private void SettlePauses(bool pausesAll)
    {
        if (pausesAll == _arePaused && !_pausesChanged)
            return;

        List<TopicPartition>? pausing = null;
        List<TopicPartition>? resuming = null;
        foreach (var partition in _partitions.Values)
        {
            var pauses = pausesAll || partition.IsHeldBack;
            if (partition.IsPaused == pauses)
                continue;
            partition.IsPaused = pauses;
            (pauses ? pausing ??= [] : resuming ??= []).Add(partition.Partition);
        }

        if (pausing is not null)
        {
            _consumer.Pause(pausing);
            _scope.Logger.Paused(pausing.Count);
        }

        if (resuming is not null)
        {
            _consumer.Resume(resuming);
            _scope.Logger.Resumed(resuming.Count);
        }

        (_arePaused, _pausesChanged) = (pausesAll, false);
    }

    private static string Describe(IEnumerable<TopicPartition> partitions) =>
        string.Join(", ", partitions.Select(partition => $"{partition.Topic}[{partition.Partition.Value}]"));
}
