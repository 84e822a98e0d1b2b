using System.Collections.Concurrent;
using System.Diagnostics;
using OpenTelemetry;
using Rotel.Batching;
using Rotel.Delivery;
using Rotel.Exporters.Blackhole;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.Settings;

namespace Rotel.Telemetry;

/// <summary>
/// An exporter that notes whether instrumentation is suppressed while it makes an attempt, and which activity is current.
/// </summary>
internal sealed class SuppressionWatch : IExporter
{
    private readonly ConcurrentQueue<(bool IsSuppressed, string? Activity)> _attempts = new();

    public IReadOnlyList<(bool IsSuppressed, string? Activity)> Attempts => [.. _attempts];

    public EncodedBatch? Encode(OtlpBatch batch) => null;

    public async ValueTask<ExportOutcome> ExportAsync(OtlpBatch batch, CancellationToken cancellationToken)
    {
        // As an attempt over a network would: what it does later is seen by another thread.
        await Task.Yield();
        _attempts.Enqueue((Sdk.SuppressInstrumentation, Activity.Current?.OperationName));
        return ExportOutcome.Delivered();
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    public sealed class Type(SuppressionWatch exporter) : ExporterType<BlackholeExporterOptions>
    {
        public override string Name => "suppression_watch";

        public override IReadOnlyList<Setting> Settings => [];

        protected override void Validate(
            BlackholeExporterOptions options, IReadOnlyCollection<OtlpSignal> signals, SettingErrors errors)
        {
        }

        protected override IExporter Create(BlackholeExporterOptions options, ExporterContext context) => exporter;
    }
}
