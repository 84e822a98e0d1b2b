using System.Diagnostics.Metrics;
using Rotel.Pipelines;

namespace Rotel.HandOff;

/// <summary>Reads the refusals of every Rotel in the process.</summary>
internal sealed class RefusalWatch : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly Dictionary<(object? Component, object? Reason), long> _counts = [];

    public RefusalWatch()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument is { Meter.Name: "Rotel", Name: "rotel.receiver.refused" })
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((_, count, tags, _) =>
        {
            var values = tags.ToArray().ToDictionary(tag => tag.Key, tag => tag.Value);
            var key = (values["rotel.component"], values["rotel.reason"]);
            _counts[key] = _counts.GetValueOrDefault(key) + count;
        });
        _listener.Start();
    }

    public long Count(string component, RefusalReason reason)
    {
        _counts.Clear();
        _listener.RecordObservableInstruments();
        return _counts.GetValueOrDefault((component, reason.Name()));
    }

    public void Dispose() => _listener.Dispose();
}
