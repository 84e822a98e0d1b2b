using System.Diagnostics;
using Google.Protobuf;
using OpenTelemetry.Proto.Collector.Trace.V1;
using Rotel.Batching;
using Rotel.Kafka.TestKit;
using Rotel.Memory;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.TestKit;
using Rotel.TestKit.Telemetry;

namespace Rotel.Kafka.Exporter;

/// <summary>An exporter with its cluster, where what it logs and what is charged to its budget is seen.</summary>
internal sealed class KafkaBench : IAsyncDisposable
{
    private readonly StandardLoad _load = new();
    private readonly List<OtlpBatch> _batches = [];
    private readonly BufferPool _pool;

    /// <param name="brokers">Null for the options' own.</param>
    /// <param name="configure">Sets further options.</param>
    /// <param name="time">The clock.</param>
    public KafkaBench(string? brokers, Action<KafkaExporterOptions>? configure = null, TimeProvider? time = null)
    {
        Options = new KafkaExporterOptions { Linger = TimeSpan.Zero };
        if (brokers is not null)
            Options.Brokers.Add(brokers);
        Options.CustomConfig["reconnect.backoff.max.ms"] = "100";
        configure?.Invoke(Options);
        _pool = new BufferPool(Budget);
        var context = new ExporterContext("events", _pool, time ?? TimeProvider.System, Log.CreateLogger("test"), null!, null!);
        Exporter = new KafkaExporter(Options, context);
    }

    public KafkaExporterOptions Options { get; }

    public ByteBudget Budget { get; } = new(256 << 20);

    public LogRecorder Log { get; } = new();

    public KafkaExporter Exporter { get; }

    /// <summary>A batch of one request, encoded; it ends with the bench.</summary>
    public KafkaBatch Batch(OtlpSignal signal = OtlpSignal.Traces, int items = 10, RequestMetadata? metadata = null) =>
        Batch(signal, items, _load.Encode(signal, items), metadata);

    /// <summary>A batch of spans with these names, in order.</summary>
    public KafkaBatch Spans(params ReadOnlySpan<string> names)
    {
        var request = _load.Traces(names.Length);
        var i = 0;
        foreach (var name in names)
            request.ResourceSpans.SelectMany(resource => resource.ScopeSpans).SelectMany(scope => scope.Spans).ElementAt(i++).Name = name;
        return Batch(OtlpSignal.Traces, names.Length, request.ToByteArray());
    }

    public KafkaBatch Batch(OtlpSignal signal, int items, byte[] body, RequestMetadata? metadata = null)
    {
        var buffer = _pool.RentOverdraft(body.Length);
        body.CopyTo(buffer.Span);
        var batch = new OtlpBatch(signal) { Metadata = metadata };
        batch.Add(new OtlpPayload(signal, buffer, body.Length, items));
        batch.Encode(Exporter.Encode(batch)!);
        _batches.Add(batch);
        return (KafkaBatch)batch.Encoded!;
    }

    /// <summary>One attempt.</summary>
    public async Task<ExportOutcome> ExportAsync(KafkaBatch batch)
    {
        var test = TestContext.Current.CancellationToken;
        var attempt = Exporter.ExportAsync(batch, test).AsTask();
        return await Watchdog.WaitAsync(attempt, $"the attempt's end; {string.Join('\n', Log.Lines)}", test);
    }

    /// <summary>One attempt after another until all is delivered, as the queue would, but without its waits.</summary>
    public async Task RetryAsync(KafkaBatch batch)
    {
        var started = Stopwatch.GetTimestamp();
        var outcome = await ExportAsync(batch);
        while (outcome.Kind == ExportOutcomeKind.Retry && Stopwatch.GetElapsedTime(started) < Watchdog.Deadline)
            outcome = await ExportAsync(batch);
        Assert.Equal(ExportOutcomeKind.Delivered, outcome.Kind);
        Assert.Equal(0, outcome.RejectedItems);
    }

    /// <summary>The names of all spans in records, in their order.</summary>
    public static string[] NamesIn(IEnumerable<ProbeRecord> records) =>
    [
        .. records.Select(record => ExportTraceServiceRequest.Parser.ParseFrom(record.Value))
            .SelectMany(request => request.ResourceSpans)
            .SelectMany(resource => resource.ScopeSpans)
            .SelectMany(scope => scope.Spans)
            .Select(span => span.Name),
    ];

    /// <summary>Everything is given back in the end, whatever became of it.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var batch in _batches)
            batch.Dispose();
        await Exporter.DisposeAsync();
        Assert.Equal(0, Budget.Reserved);
        Log.Dispose();
    }
}
