using Rotel.Pipelines;

namespace Rotel;

/// <summary>What became of the spans of a trace.</summary>
public sealed class TraceDelivery
{
    internal TraceDelivery(TraceOutcome outcome)
    {
        Spans = outcome.Spans;
        Status = outcome.Worst switch
        {
            DeliveryStatus.Delivered => TraceDeliveryStatus.Delivered,
            DeliveryStatus.Rejected => TraceDeliveryStatus.Rejected,
            _ => TraceDeliveryStatus.Dropped,
        };
    }

    /// <summary>Gets how many spans of the trace have been accepted, by whatever way they came.</summary>
    public int Spans { get; }

    /// <summary>Gets the worst that happened, at any destination, to any request that held one of them.</summary>
    public TraceDeliveryStatus Status { get; }

    /// <inheritdoc/>
    public override string ToString() => $"{Status}: {Spans} spans";
}
