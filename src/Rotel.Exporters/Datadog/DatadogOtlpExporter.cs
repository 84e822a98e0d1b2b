using Rotel.Batching;
using Rotel.Delivery;
using Rotel.Exporters.Datadog.Intake;
using Rotel.Exporters.Http;
using Rotel.Exporters.Otlp;
using Rotel.Otlp;
using Rotel.Pipelines;

namespace Rotel.Exporters.Datadog;

/// <summary>
/// The OTLP exporter at Datadog's OTLP endpoints. What it adds is what Datadog's answers mean: a key that is refused is tried rarely, and
/// what the specification gives up at is tried again where Datadog's own clients do.
/// </summary>
internal sealed class DatadogOtlpExporter : IExporter
{
    private readonly KeyRefusals _refusals;
    private readonly OtlpExporter _exporter;
    private readonly string _destination;

    /// <param name="options">Valid options.</param>
    /// <param name="context">What the exporter works with.</param>
    public DatadogOtlpExporter(DatadogExporterOptions options, ExporterContext context)
    {
        var otlp = DatadogOtlp.Options(options);
        _refusals = new KeyRefusals(context);
        _exporter = new OtlpExporter(otlp, context, Judge);
        _destination = PeerText.Show(otlp.Endpoint!);
        if (otlp.Endpoint is { Scheme: "http", IsLoopback: false })
            context.Logger.CredentialsInClear(context.Name, _destination);
    }

    public string? Problem => _refusals.Problem;

    public EncodedBatch? Encode(OtlpBatch batch) => _exporter.Encode(batch);

    public ValueTask<ExportOutcome> ExportAsync(OtlpBatch batch, CancellationToken cancellationToken) =>
        _refusals.Wait(IntakeOf(batch.Signal)) is { } wait
            ? new(ExportOutcome.Retry(KeyRefusals.Refused, wait))
            : _exporter.ExportAsync(batch, cancellationToken);

    public ValueTask DisposeAsync() => _exporter.DisposeAsync();

    private ExportOutcome Judge(OtlpSignal signal, int code, ExportOutcome outcome)
    {
        var kind = outcome.Kind == ExportOutcomeKind.Delivered ? DatadogAnswerKind.Delivered : DatadogAnswerKind.Rejected;
        var answer = _refusals.Note(IntakeOf(signal), code, _destination, new DatadogAnswer(kind, outcome.Message));
        return outcome.Kind == ExportOutcomeKind.Rejected && code is 401 or 403 or 408 or (>= 500 and < 600)
            ? ExportOutcome.Retry(outcome.Message ?? $"HTTP {code}", answer.RetryAfter)
            : outcome;
    }

    private static DatadogIntake IntakeOf(OtlpSignal signal) => signal switch
    {
        OtlpSignal.Traces => DatadogIntake.Traces,
        OtlpSignal.Metrics => DatadogIntake.Series,
        _ => DatadogIntake.Logs,
    };
}
