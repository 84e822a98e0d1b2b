using Rotel.Diagnostics;
using Rotel.Otlp;
using Rotel.Otlp.Wire;

namespace Rotel.Telemetry;

/// <summary>
/// What Rotel tells about itself, handed into its own pipelines: a reading of its metrics once per interval, and its messages. A last
/// reading follows when it stops.
/// </summary>
internal sealed class InternalTelemetry : IDisposable
{
    private readonly InternalIntake _intake;
    private readonly OwnResource _resource;
    private readonly OwnLogRecords? _records;
    private readonly MetricsReader? _reader;
    private readonly TimeProvider _time;
    private readonly DateTimeOffset _startedAt;
    private readonly long _started;
    private readonly ITimer? _timer;
    private readonly TimeSpan _interval;
    private volatile bool _stopped;

    /// <param name="intake">Where it is handed in.</param>
    /// <param name="resource">Whose telemetry it is.</param>
    /// <param name="records">The messages; null where they go nowhere.</param>
    /// <param name="metrics">The metrics; null where they go nowhere.</param>
    /// <param name="interval">How often they are read.</param>
    /// <param name="time">The clock and the timers.</param>
    public InternalTelemetry(
        InternalIntake intake, OwnResource resource, OwnLogRecords? records, RotelMetrics? metrics, TimeSpan interval, TimeProvider time)
    {
        _intake = intake;
        _resource = resource;
        _records = records;
        _time = time;
        _interval = interval;
        _startedAt = time.GetUtcNow();
        _started = time.GetTimestamp();
        if (metrics is null)
            return;

        _reader = new MetricsReader(metrics.Meter);
        _timer = time.CreateTimer(
            static telemetry => ((InternalTelemetry)telemetry!).ReadSoon(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Begins to read once per interval.</summary>
    public void Start() => _timer?.Change(_interval, _interval);

    /// <summary>Hands in what there is to tell at this moment.</summary>
    public void Flush()
    {
        HandInMetrics();
        _records?.HandIn();
    }

    /// <summary>Ends with a last reading. Messages of later are only in the host's log.</summary>
    public void Stop()
    {
        _timer?.Dispose();
        HandInMetrics();
        _stopped = true;
        _records?.Close();
    }

    public void Dispose()
    {
        _timer?.Dispose();
        _reader?.Dispose();
        _records?.Dispose();
    }

    private void ReadSoon() => _intake.Post(HandInMetrics);

    private void HandInMetrics()
    {
        if (_reader is null || _stopped)
            return;

        _intake.HandIn(OtlpSignal.Metrics, request =>
        {
            var points = 0;
            _reader.Read(readings =>
            {
                var metrics = readings.Concat(ProcessMetrics.Read(_time.GetElapsedTime(_started))).ToList();
                points = metrics.Sum(metric => metric.Points.Count);
                MetricsRequest.Write(
                    new MessageWriter(request),
                    _resource,
                    metrics,
                    UnixTime.NanosecondsOf(_startedAt),
                    UnixTime.NanosecondsOf(_time.GetUtcNow()));
            });
            return points;
        });
    }
}
