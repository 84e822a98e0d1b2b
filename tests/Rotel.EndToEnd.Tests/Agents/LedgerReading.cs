using System.Diagnostics.Metrics;

namespace Rotel.EndToEnd;

/// <summary>The counts of one component as a user reads them: from the meter <c>Rotel</c>, through a listener.</summary>
internal sealed class LedgerReading
{
    private readonly Dictionary<string, long> _sums = [];

    private LedgerReading()
    {
    }

    public long Accepted => Sum("rotel.exporter.accepted");

    public long Sent => Sum("rotel.exporter.sent");

    public long Dropped => Sum("rotel.exporter.dropped");

    public long Queued => Sum("rotel.exporter.queue.items");

    public long ProcessorDropped => Sum("rotel.processor.dropped");

    public long ProcessorFailures => Sum("rotel.processor.failed");

    /// <summary>Reads everything about the receivers, processors or exporters of this name in the process.</summary>
    public static LedgerReading Of(string component)
    {
        var reading = new LedgerReading();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == "Rotel")
                self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            foreach (var tag in tags)
            {
                if (tag.Key == "rotel.component" && component.Equals(tag.Value))
                    reading._sums[instrument.Name] = reading.Sum(instrument.Name) + value;
            }
        });
        listener.Start();
        listener.RecordObservableInstruments();
        return reading;
    }

    private long Sum(string instrument) => _sums.GetValueOrDefault(instrument);
}
