using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging.Abstractions;
using Rotel.Batching;
using Rotel.Exporters.Datadog;
using Rotel.Memory;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.Threading;

namespace Rotel.Benchmarks.Datadog;

/// <summary>
/// An exporter to Datadog, put together as the product does it, of which only the encoding is used. Its clock stands still: statistics stay
/// in the bucket they are counted in, and nothing is sent but one description of a host, into the void.
/// </summary>
internal sealed class EncodingExporter : IDisposable
{
    private readonly IExporter _exporter;
    private readonly BackgroundWorkers _workers = new(1);
    private readonly OwnMeters _meters = new();

    public EncodingExporter(DatadogExporterOptions options)
    {
        options.ApiKey = new string('0', 32);
        options.CustomEndpoint = new Uri("http://127.0.0.1:9");
        options.HostName = "node-1";
        var context = new ExporterContext("datadog", Pool, new StillTime(), NullLogger.Instance, _meters, _workers);
        _exporter = DatadogComposition.Create(options, context);
    }

    public BufferPool Pool { get; } = new(new ByteBudget(512 * 1024 * 1024));

    /// <summary>The standard load as one batch; the caller's.</summary>
    public OtlpBatch Batch(OtlpSignal signal)
    {
        var batch = new OtlpBatch(signal, Bodies.Count);
        foreach (var body in Bodies.Of(signal))
        {
            var buffer = Pool.RentOverdraft(body.Length);
            body.CopyTo(buffer.Span);
            batch.Add(new OtlpPayload(signal, buffer, body.Length, Bodies.TotalItems / Bodies.Count) { IsCanonical = true, IsValidated = true });
        }

        return batch;
    }

    /// <summary>Encodes a batch, as often as one likes, and returns how many bytes would be sent.</summary>
    public long Encode(OtlpBatch batch)
    {
        using var encoded = (DatadogBatch)_exporter.Encode(batch)!;
        return encoded.Payloads.Sum(payload => payload.Body.Length);
    }

    public void Dispose()
    {
        _exporter.DisposeAsync().AsTask().GetAwaiter().GetResult();
        _workers.Dispose();
        _meters.Dispose();
    }

    /// <summary>Timers never fire.</summary>
    private sealed class StillTime : TimeProvider
    {
        private readonly DateTimeOffset _now = System.GetUtcNow();

        public override DateTimeOffset GetUtcNow() => _now;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            System.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    private sealed class OwnMeters : IMeterFactory
    {
        private readonly List<Meter> _created = [];

        public Meter Create(MeterOptions options)
        {
            var meter = new Meter(options);
            _created.Add(meter);
            return meter;
        }

        public void Dispose() => _created.ForEach(meter => meter.Dispose());
    }
}
