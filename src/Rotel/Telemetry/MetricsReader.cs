using System.Diagnostics.Metrics;

namespace Rotel.Telemetry;

/// <summary>
/// Reads the instruments of one meter, and of no other of its name: a process can have several Rotels. Counts are kept by whoever is
/// counted, so that listening costs something only for histograms. Thread-safe.
/// </summary>
internal sealed class MetricsReader : IDisposable
{
    private readonly Lock _lock = new();
    private readonly MeterListener _listener;
    private readonly List<(MetricReading Reading, bool IsObservable)> _metrics = [];

    public MetricsReader(Meter meter)
    {
        _listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (!ReferenceEquals(instrument.Meter, meter))
                    return;
                var reading = MetricReading.Of(instrument);
                lock (_lock)
                    _metrics.Add((reading, instrument.IsObservable));
                listener.EnableMeasurementEvents(instrument, reading);
            },
        };
        _listener.SetMeasurementEventCallback<long>(
            (instrument, value, attributes, state) => Take(instrument, value, value, isInteger: true, attributes, (MetricReading)state!));
        _listener.SetMeasurementEventCallback<double>(
            (instrument, value, attributes, state) => Take(instrument, 0, value, isInteger: false, attributes, (MetricReading)state!));
        _listener.Start();
    }

    /// <summary>Reads everything now and shows it to <paramref name="use"/>, which must not keep it.</summary>
    public void Read(Action<IEnumerable<MetricReading>> use)
    {
        // Measurements are taken under the same lock, on this thread.
        lock (_lock)
        {
            foreach (var (reading, isObservable) in _metrics)
            {
                if (isObservable)
                    reading.Clear();
            }

            _listener.RecordObservableInstruments();
            use(_metrics.Select(metric => metric.Reading));
        }
    }

    public void Dispose() => _listener.Dispose();

    private void Take(
        Instrument instrument,
        long integer,
        double number,
        bool isInteger,
        ReadOnlySpan<KeyValuePair<string, object?>> attributes,
        MetricReading reading)
    {
        lock (_lock)
        {
            var point = reading.PointOf(attributes);
            if (reading.Shape == MetricShape.Histogram)
                point.Record(number);
            else if (isInteger && (instrument.IsObservable || reading.Shape == MetricShape.Gauge))
                point.Set(integer);
            else if (isInteger)
                point.Add(integer);
            else if (instrument.IsObservable || reading.Shape == MetricShape.Gauge)
                point.Set(number);
            else
                point.Add(number);
        }
    }
}
