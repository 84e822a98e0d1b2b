using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Rotel.Exporters.Otlp;
using Rotel.Exporters.Tests.Otlp;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.TestKit.Backends;

namespace Rotel.Exporters.Tests.Http;

/// <summary>Delivering telemetry makes no telemetry of the host's: no spans, no diagnostic events, no points.</summary>
public class ExporterIsolationTests
{
    [Theory]
    [InlineData(OtlpProtocol.Grpc)]
    [InlineData(OtlpProtocol.Http)]
    public async Task Export_WithEverythingListening_IsNotSeen(OtlpProtocol protocol)
    {
        var cancellation = TestContext.Current.CancellationToken;
        await using var backend = await OtlpBackend.StartAsync(cancellation);
        using var seen = new Witness(backend.HttpEndpoint.Port, backend.GrpcEndpoint.Port);
        using var host = new Activity("host").Start();

        var outcome = await OtlpExporterTests.ExportAsync(OtlpExporterTests.Options(backend, protocol), OtlpSignal.Traces);

        Assert.Equal(ExportOutcomeKind.Delivered, outcome.Kind);
        Assert.Empty(seen.Events);
        Assert.DoesNotContain("traceparent", backend.Requests[0].Headers.Keys);

        // The witness does see, for a client that hides nothing.
        using var client = new HttpClient();
        using var response = await client.GetAsync(new Uri(backend.HttpEndpoint, "/"), cancellation);
        Assert.Contains(seen.Events, text => text.StartsWith("activity", StringComparison.Ordinal));
        Assert.Contains(seen.Events, text => text.StartsWith("diagnostic", StringComparison.Ordinal));
        Assert.Contains(seen.Events, text => text.StartsWith("meter", StringComparison.Ordinal));
    }

    /// <summary>Listens to all that instrumentation of HttpClient listens to, for requests to the given ports.</summary>
    private sealed class Witness : IObserver<DiagnosticListener>, IDisposable
    {
        private readonly int[] _ports;
        private readonly ActivityListener _activities;
        private readonly MeterListener _meters = new();
        private readonly IDisposable _listeners;
        private readonly List<IDisposable> _subscriptions = [];

        public Witness(params int[] ports)
        {
            _ports = ports;
            _activities = new ActivityListener
            {
                ShouldListenTo = source => source.Name == "System.Net.Http",
                Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
                ActivityStopped = activity => Note("activity", activity.GetTagItem("server.port")),
            };
            ActivitySource.AddActivityListener(_activities);
            _meters.InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == "System.Net.Http")
                    listener.EnableMeasurementEvents(instrument);
            };
            _meters.SetMeasurementEventCallback<double>((instrument, _, tags, _) => NotePoint(instrument, tags));
            _meters.SetMeasurementEventCallback<long>((instrument, _, tags, _) => NotePoint(instrument, tags));
            _meters.Start();
            _listeners = DiagnosticListener.AllListeners.Subscribe(this);
        }

        public ConcurrentQueue<string> Events { get; } = [];

        public void OnNext(DiagnosticListener value)
        {
            if (value.Name == "HttpHandlerDiagnosticListener")
                _subscriptions.Add(value.Subscribe(new RequestObserver(this)!));
        }

        public void OnCompleted()
        {
        }

        public void OnError(Exception error)
        {
        }

        public void Dispose()
        {
            _listeners.Dispose();
            _subscriptions.ForEach(subscription => subscription.Dispose());
            _meters.Dispose();
            _activities.Dispose();
        }

        private void NotePoint(Instrument instrument, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            foreach (var (name, value) in tags)
            {
                if (name == "server.port")
                    Note($"meter {instrument.Name}", value);
            }
        }

        private void Note(string what, object? port)
        {
            if (port is int number && _ports.Contains(number))
                Events.Enqueue(what);
        }

        private sealed class RequestObserver(Witness witness) : IObserver<KeyValuePair<string, object?>>
        {
            public void OnNext(KeyValuePair<string, object?> value)
            {
                var request = value.Value?.GetType().GetProperty("Request")?.GetValue(value.Value) as HttpRequestMessage;
                witness.Note($"diagnostic {value.Key}", request?.RequestUri?.Port);
            }

            public void OnCompleted()
            {
            }

            public void OnError(Exception error)
            {
            }
        }
    }
}
