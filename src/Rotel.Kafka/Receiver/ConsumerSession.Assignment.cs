using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Rotel.Pipelines;
using Rotel.Threading;

namespace Rotel.Kafka.Receiver;

/// <content>The partitions that are this member's: what is tracked, stored and paused. Handlers run inside of a poll.</content>
internal sealed partial class ConsumerSession
{
    /// <summary>How long what is under way may hold up the group when it takes partitions away, within the session.</summary>
    private static readonly TimeSpan RevokePatience = TimeSpan.FromSeconds(2);

    /// <summary>How long an assignment may wait for brokers to say where it begins.</summary>
    private static readonly TimeSpan BeginPatience = TimeSpan.FromSeconds(10);

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

    /// <summary>See <see cref="Guard"/>; where to begin is the client's matter when finding it failed.</summary>
    private List<TopicPartitionOffset> GuardAssigned(List<TopicPartition> partitions)
    {
        List<TopicPartitionOffset> begins = [.. partitions.Select(partition => new TopicPartitionOffset(partition, Offset.Unset))];
        Guard(OnAssigned, begins);
        return begins;
    }

    /// <param name="begins">Filled with where to begin, where that is not the client's matter.</param>
    private void OnAssigned(List<TopicPartitionOffset> begins)
    {
        FindBegins(begins);
        foreach (var begin in begins)
        {
            var partition = begin.TopicPartition;
            var progress = _scope.Options.TracksDelivery
                ? new PartitionProgress(
                    _scope.Options.DisableExporterIndefiniteRetry, _scope.Ended, begin.Offset.IsSpecial ? null : begin.Offset.Value)
                {
                    EndsWhenDurable = _scope.Options.EndsWhenDurable,
                }
                : null;
            _partitions[(partition.Topic, partition.Partition.Value)] = new AssignedPartition(partition, progress);
            _scope.IsThere(partition.Topic);
        }

        _pausesChanged = true;
        _scope.Works();
        if (begins.Count > 0 && _scope.Logger.IsEnabled(LogLevel.Information))
            _scope.Logger.Assigned(Describe(begins.Select(begin => begin.TopicPartition)));
    }

    /// <summary>
    /// A group that begins at the end, and dies before it has committed anything, would begin at what is the end by then, and skip what
    /// came in between. So the end is looked up and committed before a record is read.
    /// </summary>
    private void FindBegins(List<TopicPartitionOffset> begins)
    {
        if (begins.Count == 0 || !_scope.Options.TracksDelivery || _scope.Options.AutoOffsetReset != KafkaAutoOffsetReset.Latest)
            return;

        var poll = _scope.Options.MaxPollInterval / 4;
        var deadline = new Deadline(_time, poll < BeginPatience ? poll : BeginPatience);
        try
        {
            var found = new List<TopicPartitionOffset>();
            var committed = _consumer.Committed(begins.Select(begin => begin.TopicPartition), deadline.Remaining)
                .ToDictionary(entry => entry.TopicPartition, entry => entry.Offset);
            for (var i = 0; i < begins.Count; i++)
            {
                var partition = begins[i].TopicPartition;
                if (committed.GetValueOrDefault(partition, Offset.Unset) != Offset.Unset)
                    continue;
                begins[i] = new TopicPartitionOffset(partition, _consumer.QueryWatermarkOffsets(partition, deadline.Remaining).High);
                found.Add(begins[i]);
            }

            if (found.Count > 0)
                _consumer.Commit(found);
        }
        catch (KafkaException exception)
        {
            // What was found is used, and stored like any position; for the others the client does as Kafka does.
            if (_scope.BeginNotKnown.TryTake(out var times))
                _scope.Logger.BeginNotKnown(times, _scope.ClientLog.Clean(exception.Error.Reason));
        }
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
        AssignedPartition? stuck = null;
        foreach (var partition in _partitions.Values)
        {
            ReadAgain(partition);
            if (partition.IsStuck)
                stuck = partition;
        }

        _scope.SetStuck(stuck?.Partition);

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
            if (pauses)
                partition.OnPaused();
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
