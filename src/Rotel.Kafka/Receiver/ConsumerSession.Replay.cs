using Confluent.Kafka;

namespace Rotel.Kafka.Receiver;

/// <content>What was given up is read again from its partition.</content>
internal sealed partial class ConsumerSession
{
    /// <summary>How long a replay may wait for brokers to say what is still there.</summary>
    private static readonly TimeSpan WatermarkPatience = TimeSpan.FromSeconds(1);

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

        if (LosesDeleted(partition) && partition.DueReplay(_time) is null)
        {
            partition.EndReplay();
            return;
        }

        offset = partition.DueReplay(_time) ?? offset;

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
            _scope.OnReadError(exception.Error, topic: null);
        }
    }

    /// <summary>
    /// Whether some of what was given up is lost, for Kafka has deleted it meanwhile: looking for it would lead to where
    /// <c>auto_offset_reset</c> says, again and again.
    /// </summary>
    private bool LosesDeleted(AssignedPartition partition)
    {
        try
        {
            var low = _consumer.QueryWatermarkOffsets(partition.Partition, WatermarkPatience).Low;
            var lost = low.IsSpecial ? 0 : partition.Progress!.LoseBelow(low);
            if (lost == 0)
                return false;
            _scope.Logger.RecordsDeleted(lost, partition.Partition.Topic, partition.Partition.Partition.Value, low);
            return true;
        }
        catch (KafkaException)
        {
            // The brokers do not say; the seek is tried all the same.
            return false;
        }
    }
}
