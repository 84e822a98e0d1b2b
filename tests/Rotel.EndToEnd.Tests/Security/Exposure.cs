using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using Rotel.TestKit;

namespace Rotel.EndToEnd.Security;

/// <summary>
/// Everything that a process shows of itself: what is logged at any level, with values, scopes and exceptions; every instrument of every
/// meter, and every measurement's tags; every activity of every source. What a test sees otherwise it adds by <see cref="Add"/>.
/// </summary>
internal sealed class Exposure : ILoggerProvider
{
    private readonly ConcurrentDictionary<string, byte> _texts = new();
    private readonly ChangeSignal _changes = new();
    private readonly MeterListener _meters = new();
    private readonly ActivityListener _activities;

    public Exposure()
    {
        _meters.InstrumentPublished = (instrument, listener) =>
        {
            var meter = instrument.Meter;
            Add($"instrument {meter.Name}{Join(meter.Tags)} {instrument.Name} {instrument.Description}{Join(instrument.Tags)}");
            listener.EnableMeasurementEvents(instrument);
        };
        Measure<byte>();
        Measure<short>();
        Measure<int>();
        Measure<long>();
        Measure<float>();
        Measure<double>();
        Measure<decimal>();
        _meters.Start();
        _activities = new ActivityListener
        {
            ShouldListenTo = _ => true,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity => Add(
                $"activity {activity.Source.Name} {activity.DisplayName} {activity.StatusDescription}"
                    + $"{Join(activity.TagObjects)}{Join(activity.Baggage)}"
                    + string.Concat(activity.Events.Select(e => $" {e.Name}{Join(e.Tags)}"))),
        };
        ActivitySource.AddActivityListener(_activities);
    }

    public IEnumerable<string> Texts => _texts.Keys;

    public void Add(string text)
    {
        if (_texts.TryAdd(text, 0))
            _changes.Pulse();
    }

    /// <summary>Asks every instrument that is only read when asked.</summary>
    public void ReadMeters() => _meters.RecordObservableInstruments();

    public Task UntilAsync(string part, string what, CancellationToken cancellation) => Watchdog.UntilAsync(
        _changes,
        () => Texts.Any(text => text.Contains(part, StringComparison.Ordinal)),
        () => $"{what}; there was:\n{string.Join('\n', Texts.Where(text => text.StartsWith("log", StringComparison.Ordinal)))}",
        cancellation);

    public ILogger CreateLogger(string categoryName) => new Recorder(this, categoryName);

    public void Dispose()
    {
        _meters.Dispose();
        _activities.Dispose();
    }

    private void Measure<T>()
        where T : struct => _meters.SetMeasurementEventCallback<T>(
            (instrument, value, tags, _) => Add($"point {instrument.Meter.Name} {instrument.Name}{Join(tags.ToArray())}"));

    private static string Join<T>(IEnumerable<KeyValuePair<string, T>>? pairs) =>
        string.Concat((pairs ?? []).Select(pair => $" {pair.Key}={pair.Value}"));

    private sealed class Recorder(Exposure owner, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull
        {
            owner.Add($"scope {category} {state}{Values(state)}");
            return null;
        }

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            owner.Add($"log {category} {logLevel} {eventId} {formatter(state, exception)}{Values(state)} {exception}");

        private static string Values(object? state) => Join(state as IEnumerable<KeyValuePair<string, object?>>);
    }
}
