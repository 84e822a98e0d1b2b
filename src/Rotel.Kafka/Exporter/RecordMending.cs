using Rotel.Kafka.Records;

namespace Rotel.Kafka.Exporter;

/// <summary>Decides what becomes of a record that was not delivered, and mends what can be mended at once.</summary>
internal sealed class RecordMending(KafkaExporterOptions options, KafkaRecordEncoder encoder, KafkaExporterNotices notices)
{
    /// <summary>False when the record stays pending, for a later attempt.</summary>
    /// <param name="batch">Its batch.</param>
    /// <param name="delivery">A record with a report that is an error.</param>
    /// <param name="again">Takes what is to be produced again now.</param>
    public bool TryMend(KafkaBatch batch, RecordDelivery delivery, List<RecordDelivery> again)
    {
        switch (RecordVerdicts.Of(delivery.Report!.Code))
        {
            case RecordVerdict.TooLarge when delivery is { IsRefusedByClient: false, TravelsAlone: false }:
                delivery.TravelsAlone = true;
                again.Add(delivery);
                return true;
            case RecordVerdict.TooLarge:
                Cut(batch, delivery, again);
                return true;
            case RecordVerdict.NoTopic when options.TopicOf(batch.Signal) is var own && delivery.Topic != own:
                notices.TopicMissing(own, delivery.Topic);
                encoder.NoteMissing(delivery.Topic);
                delivery.Topic = own;
                again.Add(delivery);
                return true;
            case RecordVerdict.Rejected:
                delivery.GiveUp(RecordState.Rejected, $"{delivery.Report.Reason} ({delivery.Report.Code}, topic {delivery.Topic})");
                return true;
            default:
                return false;
        }
    }

    private void Cut(KafkaBatch batch, RecordDelivery delivery, List<RecordDelivery> again)
    {
        var halves = encoder.Halve(batch.Signal, delivery.Record);
        if (halves.Count == 0)
        {
            delivery.GiveUp(RecordState.TooLarge, $"one item is a larger record than the topic {delivery.Topic} takes (max.message.bytes)");
            return;
        }

        notices.RecordCut(delivery.Topic);
        again.AddRange(batch.Replace(delivery, halves));
    }
}
