using System.Diagnostics.Metrics;
using Rotel.TestKit;

namespace Rotel.EndToEnd;

/// <summary>Sees every attempt of one exporter, by the instrument that measures how long they take; its name must be unique in the process.</summary>
internal sealed class AttemptWatch : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ChangeSignal _changes = new();
    private int _count;

    public AttemptWatch(string exporter)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument is { Meter.Name: "Rotel", Name: "rotel.exporter.attempt.duration" })
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<double>((_, _, tags, _) =>
        {
            foreach (var tag in tags)
            {
                if (tag.Key != "rotel.component" || !exporter.Equals(tag.Value))
                    continue;
                Interlocked.Increment(ref _count);
                _changes.Pulse();
            }
        });
        _listener.Start();
    }

    public int Count => Volatile.Read(ref _count);

    public Task UntilAsync(int count) => Watchdog.UntilAsync(
        _changes, () => Count >= count, () => $"{count} attempts; {Count} were made", TestContext.Current.CancellationToken);

    public void Dispose() => _listener.Dispose();
}
