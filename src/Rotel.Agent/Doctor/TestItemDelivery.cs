using Rotel.Batching;
using Rotel.Configuration;
using Rotel.Otlp;
using Rotel.Pipelines;

namespace Rotel.Agent.Doctor;

/// <summary>
/// Sends test items as delivery sends batches: encoded by the exporter, in one attempt, within the exporter's own time-out.
/// </summary>
internal sealed class TestItemDelivery : IAsyncDisposable
{
    /// <summary>For exporters whose attempts have no end of their own.</summary>
    private static readonly TimeSpan LongestAttempt = TimeSpan.FromSeconds(30);

    private readonly ConfiguredExporter _configured;
    private readonly ExporterContext _context;
    private readonly IExporter _exporter;

    public TestItemDelivery(ConfiguredExporter exporter, ExporterContext context)
    {
        _configured = exporter;
        _context = context;
        _exporter = exporter.Type.Create(exporter.Options, context);
    }

    public async Task<ExportOutcome> SendAsync(OtlpSignal signal, CancellationToken cancellationToken)
    {
        using var batch = new OtlpBatch(signal);
        batch.Add(PayloadOf(signal));
        if (_exporter.Encode(batch) is { } encoded)
            batch.Encode(encoded);

        var own = _configured.Options.RequestTimeoutFor(signal);
        var limit = own == Timeout.InfiniteTimeSpan || own > LongestAttempt ? LongestAttempt : own;
        using var timeout = new CancellationTokenSource(limit, _context.Time);
        using var attempt = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            return await _exporter.ExportAsync(batch, attempt.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return ExportOutcome.Retry($"{OutcomeWords.NoAnswer} {limit.TotalSeconds:0.###} s");
        }
    }

    public ValueTask DisposeAsync() => _exporter.DisposeAsync();

    private OtlpPayload PayloadOf(OtlpSignal signal)
    {
        var body = TestItem.Create(signal, _context.Time.GetUtcNow());
        var buffer = _context.Pool.RentOverdraft(body.Length);
        body.CopyTo(buffer.Span);
        return new OtlpPayload(signal, buffer, body.Length, itemCount: 1) { IsValidated = true };
    }
}
