using Confluent.Kafka;
using Rotel.Kafka.Records;

namespace Rotel.Kafka.Exporter;

/// <summary>
/// One record of a batch and what became of it. Its bytes are let go when it is delivered or given up, or with its batch, whichever is
/// first: a report may come when the batch has been abandoned.
/// </summary>
/// <param name="record">What is produced; this takes ownership.</param>
/// <param name="topic">Where it goes.</param>
internal sealed class RecordDelivery(KafkaRecord record, string topic) : IDisposable
{
    private int _disposed;

    public KafkaRecord Record => record;

    public int ItemCount { get; } = record.ItemCount;

    /// <summary>The record's own, or that of its signal when brokers know no such topic.</summary>
    public string Topic { get; set; } = topic;

    /// <summary>
    /// Brokers found too large what it travelled in, which may have been others' fault: it is produced so that it travels alone.
    /// </summary>
    public bool TravelsAlone { get; set; }

    public RecordState State { get; private set; }

    /// <summary>The last report; none while it is with the client.</summary>
    public Error? Report { get; private set; }

    /// <summary>Whether the client itself refused it, so that no broker has seen it.</summary>
    public bool IsRefusedByClient { get; private set; }

    /// <summary>Why it was given up; null otherwise.</summary>
    public string? Message { get; private set; }

    public void Begin() => Report = null;

    /// <summary>Brokers, or the client in their place, have said what became of it. On the client's thread.</summary>
    public void End(Error report)
    {
        IsRefusedByClient = false;
        if (report.Code == ErrorCode.NoError)
        {
            State = RecordState.Delivered;
            Dispose();
        }

        Report = report;
    }

    public void Refuse(Error report)
    {
        IsRefusedByClient = true;
        Report = report;
    }

    public void GiveUp(RecordState state, string message)
    {
        State = state;
        Message = message;
        Dispose();
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
            record.Dispose();
    }
}
