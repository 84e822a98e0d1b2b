using Rotel.Batching;
using Rotel.Delivery;
using Rotel.Pipelines;

namespace Rotel.Engine;

/// <summary>An exporter whose attempts are answered by the test, one after another or as they come.</summary>
internal sealed class ScriptedExporter(Func<ScriptedAttempt, ValueTask<ExportOutcome>> answer, bool readsBodies = true) : IExporter
{
    private readonly Lock _lock = new();
    private readonly List<ScriptedAttempt> _attempts = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public static ScriptedExporter AlwaysDelivers() => new(_ => new(ExportOutcome.Delivered()));

    /// <summary>Called for every batch before its first attempt; null sends wire form.</summary>
    public Func<OtlpBatch, EncodedBatch?> Encoder { get; init; } = static _ => null;

    public IReadOnlyList<ScriptedAttempt> Attempts
    {
        get
        {
            lock (_lock)
                return [.. _attempts];
        }
    }

    /// <summary>Items of all attempts that were answered with delivered.</summary>
    public int DeliveredItems =>
        Attempts.Where(attempt => attempt.Outcome?.Kind == ExportOutcomeKind.Delivered).Sum(attempt => attempt.Items);

    public EncodedBatch? Encode(OtlpBatch batch) => Encoder(batch);

    public async ValueTask<ExportOutcome> ExportAsync(OtlpBatch batch, CancellationToken cancellationToken)
    {
        ScriptedAttempt attempt;
        lock (_lock)
        {
            attempt = new ScriptedAttempt(
                _attempts.Count, batch.ItemCount, readsBodies ? BodiesOf(batch) : [], cancellationToken)
            {
                Metadata = batch.Metadata,
            };
            _attempts.Add(attempt);
        }

        Announce();
        var outcome = await answer(attempt);
        attempt.Outcome = outcome;
        Announce();
        return outcome;
    }

    /// <summary>Waits until what has been observed satisfies a condition.</summary>
    public async Task UntilAsync(Func<ScriptedExporter, bool> condition)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
                changed = _changed.Task;
            if (condition(this))
                return;
            await changed.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        }
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>The wire form of a batch, in whatever form it is held.</summary>
    private static byte[][] BodiesOf(OtlpBatch batch)
    {
        if (batch.Payloads.Count > 0)
            return [.. batch.Payloads.Select(payload => payload.Body.ToArray())];

        var body = new byte[batch.WireLength];
        batch.Encoded!.Restore(body);
        return [body];
    }

    private void Announce()
    {
        lock (_lock)
        {
            _changed.SetResult();
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }
}
