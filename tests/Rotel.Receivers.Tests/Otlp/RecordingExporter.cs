using Rotel.Batching;
using Rotel.Delivery;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.TestKit;
using Rotel.TestKit.Telemetry;

namespace Rotel.Receivers.Otlp;

/// <summary>A destination that takes everything, as Google.Protobuf reads it, or holds every batch until it is told the outcome.</summary>
internal sealed class RecordingExporter : IExporter
{
    private readonly Lock _lock = new();
    private readonly List<(OtlpSignal Signal, string Key)> _keys = [];
    private readonly List<RequestMetadata?> _metadata = [];
    private volatile TaskCompletionSource<ExportOutcome>? _held;
    private int _attempts;

    public ChangeSignal Changes { get; } = new();

    public IReadOnlyList<string> Keys(OtlpSignal signal)
    {
        lock (_lock)
            return [.. _keys.Where(key => key.Signal == signal).Select(key => key.Key)];
    }

    public int Count
    {
        get
        {
            lock (_lock)
                return _keys.Count;
        }
    }

    /// <summary>Attempts that have begun, those that are held included.</summary>
    public int Attempts => Volatile.Read(ref _attempts);

    /// <summary>What came with each payload.</summary>
    public IReadOnlyList<RequestMetadata?> Metadata
    {
        get
        {
            lock (_lock)
                return [.. _metadata];
        }
    }

    /// <summary>Attempts wait from now on for what the result is set to.</summary>
    public TaskCompletionSource<ExportOutcome> Hold() =>
        _held = new TaskCompletionSource<ExportOutcome>(TaskCreationOptions.RunContinuationsAsynchronously);

    public EncodedBatch? Encode(OtlpBatch batch) => null;

    public async ValueTask<ExportOutcome> ExportAsync(OtlpBatch batch, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _attempts);
        Changes.Pulse();
        if (_held is { } held && await held.Task.WaitAsync(cancellationToken) is { Kind: not ExportOutcomeKind.Delivered } outcome)
            return outcome;
        lock (_lock)
        {
            _metadata.AddRange(batch.Payloads.Select(payload => payload.Metadata));
            foreach (var payload in batch.Payloads)
                _keys.AddRange(OtlpItems.Keys(OtlpItems.Parse(batch.Signal, payload.Body.Span)).Select(key => (batch.Signal, key)));
        }

        Changes.Pulse();
        return ExportOutcome.Delivered();
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
