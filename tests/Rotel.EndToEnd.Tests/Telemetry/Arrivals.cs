using Google.Protobuf;
using OpenTelemetry.Proto.Collector.Logs.V1;
using OpenTelemetry.Proto.Collector.Metrics.V1;
using OpenTelemetry.Proto.Collector.Trace.V1;
using OpenTelemetry.Proto.Resource.V1;
using Rotel.TestKit.Backends;
using Rotel.TestKit.Telemetry;

namespace Rotel.EndToEnd;

/// <summary>
/// What comes to a backend, cut into intervals by the readings of Rotel's own metrics, whose time stamps tell one from another and from
/// repetitions. Every item is counted when it first arrives, whatever becomes of the request.
/// </summary>
internal sealed class Arrivals(OtlpBackend backend)
{
    private readonly HashSet<string> _seen = [];
    private TaskCompletionSource _nextInterval = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _read;
    private Counts _counts = new();

    public HashSet<string> Spans { get; } = [];

    public HashSet<string> SpansOfRotel { get; } = [];

    public int OwnLogRecords { get; private set; }

    public void Behave(FeedbackTests.Backend kind) => backend.Script.Otherwise(_ => kind switch
    {
        FeedbackTests.Backend.Failing => BackendBehaviour.Status(503),
        FeedbackTests.Backend.Refusing => BackendBehaviour.Status(400),
        FeedbackTests.Backend.Dropping => BackendBehaviour.Reset,
        FeedbackTests.Backend.Slow => BackendBehaviour.Hold(Volatile.Read(ref _nextInterval).Task),
        _ => BackendBehaviour.Accept,
    });

    /// <summary>Waits for the next reading, and says what has come with it and since the one before.</summary>
    public async Task<Counts> NextIntervalAsync(CancellationToken cancellation)
    {
        await backend.WaitUntilAsync(_ => TakeUntilReading(), "another reading of Rotel's metrics", cancellation);
        var counts = _counts;
        _counts = new Counts();
        Interlocked.Exchange(ref _nextInterval, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
        return counts;
    }

    private bool TakeUntilReading()
    {
        foreach (var request in backend.Requests.Skip(_read))
        {
            _read++;
            if (Take(request.Message))
                return true;
        }

        return false;
    }

    /// <summary>True for a new reading.</summary>
    private bool Take(IMessage message)
    {
        switch (message)
        {
            case ExportTraceServiceRequest traces:
                foreach (var scope in traces.ResourceSpans.SelectMany(resource => resource.ScopeSpans))
                {
                    foreach (var span in scope.Spans.Where(span => _seen.Add(Convert.ToHexStringLower(span.SpanId.Span))))
                    {
                        _counts.Spans++;
                        _counts.Names.Add($"{scope.Scope.Name}: {span.Name}");
                        Spans.Add(span.Name);
                        if (scope.Scope.Name == "Rotel")
                            SpansOfRotel.Add(span.Name);
                    }
                }

                return false;
            case ExportLogsServiceRequest logs:
                foreach (var resource in logs.ResourceLogs)
                {
                    foreach (var record in resource.ScopeLogs.SelectMany(scope => scope.LogRecords))
                    {
                        if (!_seen.Add(record.ToString()))
                            continue;
                        _counts.LogRecords++;
                        _counts.Names.Add(record.Body.StringValue);
                        OwnLogRecords += IsOwn(resource.Resource) ? 1 : 0;
                    }
                }

                return false;
            case ExportMetricsServiceRequest metrics:
                var readings = _counts.Readings;
                foreach (var resource in metrics.ResourceMetrics)
                {
                    var isNew = false;
                    foreach (var key in OtlpItems.Keys(new ExportMetricsServiceRequest { ResourceMetrics = { resource } }))
                    {
                        // Points of one metric share their time, so that the key stands for all of them.
                        isNew |= _seen.Add(key);
                        _counts.Points++;
                    }

                    if (!isNew)
                        _counts.Points -= OtlpItems.Count(new ExportMetricsServiceRequest { ResourceMetrics = { resource } });
                    else if (IsOwn(resource.Resource))
                        _counts.Readings++;
                }

                return _counts.Readings > readings;
            default:
                return false;
        }
    }

    private static bool IsOwn(Resource? resource) =>
        resource?.Attributes.Any(attribute => attribute is { Key: "service.name", Value.StringValue: "rotel" }) == true;

    public sealed record Counts
    {
        public int Spans { get; set; }

        public int LogRecords { get; set; }

        public int Points { get; set; }

        public int Readings { get; set; }

        /// <summary>What the spans and log records are, for the message of a failure.</summary>
        public List<string> Names { get; } = [];

        public override string ToString() =>
            $"{Spans} spans, {LogRecords} log records, {Points} points, {Readings} readings: "
            + $"{string.Join("; ", Names.Distinct().Take(20))}";
    }
}
