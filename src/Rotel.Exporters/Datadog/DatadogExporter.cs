using Rotel.Batching;
using Rotel.Delivery;
using Rotel.Exporters.Datadog.Intake;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.Temporality;
using Rotel.Threading;

namespace Rotel.Exporters.Datadog;

/// <summary>
/// Sends batches to Datadog's intakes. A batch is turned into requests once; each is then its own unit of retry:
/// <code>
///   Encode -> DatadogBatch -> IntakePayload: pending, delivered, rejected or oversized
/// </code>
/// </summary>
internal sealed class DatadogExporter : IExporter
{
    private readonly DatadogClient _client;
    private readonly PayloadCutter _cutter;
    private readonly DatadogEncoder _encoder;
    private readonly BackgroundWorkers _workers;
    private readonly CumulativeSeries? _deltas;
    private readonly IReadOnlyList<IDatadogReporter> _reporters;

    /// <param name="client">Who sends; this takes ownership.</param>
    /// <param name="createEncoder">Makes an encoder for a signal.</param>
    /// <param name="reporters">What goes to Datadog beside batches, through the same client; this takes ownership.</param>
    /// <param name="deltas">What encoders of metrics share, or null; this takes ownership.</param>
    /// <param name="context">What the exporter works with.</param>
    public DatadogExporter(
        DatadogClient client,
        Func<OtlpSignal, SignalEncoder> createEncoder,
        IReadOnlyList<IDatadogReporter> reporters,
        CumulativeSeries? deltas,
        ExporterContext context)
    {
        _deltas = deltas;
        _client = client;
        _cutter = new PayloadCutter(client, context.Pool);
        _encoder = new DatadogEncoder(createEncoder, client, _cutter, context.Pool);
        _workers = context.Workers;
        _reporters = reporters;
    }

    public string? Problem => _client.Problem;

    public EncodedBatch? Encode(OtlpBatch batch) => _encoder.Encode(batch);

    public async ValueTask<ExportOutcome> ExportAsync(OtlpBatch batch, CancellationToken cancellationToken)
    {
        var encoded = (DatadogBatch)batch.Encoded!;
        var attempt = new DatadogAttempt(encoded, _client, _cutter, _workers);
        await attempt.RunAsync(cancellationToken).ConfigureAwait(false);
        return attempt.Problem is { } problem ? ExportOutcome.Retry(problem, attempt.RetryAfter) : encoded.Outcome();
    }

    /// <summary>Side by side: what waits for one intake must not cost another its time.</summary>
    public ValueTask FlushAsync(CancellationToken cancellationToken) =>
        new(Task.WhenAll(_reporters.Select(reporter => reporter.FlushAsync(cancellationToken).AsTask())));

    public async ValueTask DisposeAsync()
    {
        foreach (var reporter in _reporters)
            await reporter.DisposeAsync().ConfigureAwait(false);
        _encoder.Dispose();
        _deltas?.Dispose();
        _client.Dispose();
    }
}
