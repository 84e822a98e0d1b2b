using Confluent.Kafka;

namespace Rotel.Throughput.Broker;

/// <summary>
/// What a broker knows of a partition whose records it does not keep: the next offset, and where each idempotent producer has got to, so
/// that a batch whose answer was lost is not counted twice. Safe for concurrent use.
/// </summary>
internal sealed class CountedPartition
{
    private readonly Lock _lock = new();
    private readonly Dictionary<long, int> _nextSequences = [];
    private long _nextOffset;

    /// <summary>Takes a batch in, or says why not.</summary>
    /// <param name="offset">That of its first record; -1 where it was not taken in.</param>
    /// <returns><see cref="ErrorCode.DuplicateSequenceNumber"/> where it came before, which clients take for success.</returns>
    public ErrorCode Append(RecordBatch batch, out long offset)
    {
        lock (_lock)
        {
            offset = -1;
            if (batch.ProducerId >= 0)
            {
                // They begin again behind the greatest. The first batch of a producer may have any.
                var next = _nextSequences.GetValueOrDefault(batch.ProducerId, batch.FirstSequence);
                var ahead = (batch.FirstSequence - next) & int.MaxValue;
                if (ahead != 0)
                    return ahead > int.MaxValue / 2 ? ErrorCode.DuplicateSequenceNumber : ErrorCode.OutOfOrderSequenceNumber;
                _nextSequences[batch.ProducerId] = (batch.FirstSequence + batch.Count) & int.MaxValue;
            }

            offset = _nextOffset;
            _nextOffset += batch.Count;
            return ErrorCode.NoError;
        }
    }
}
