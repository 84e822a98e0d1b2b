using Rotel.Batching;
using Rotel.Delivery;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.Settings;

namespace Rotel.Hosting;

/// <summary>Takes traces, never answers to anything else, and holds something beside batches, which it sends while it is given time.</summary>
internal sealed class HoldingExporter : IExporter
{
    private int _flushesInTime;

    public int FlushesInTime => Volatile.Read(ref _flushesInTime);

    public EncodedBatch? Encode(OtlpBatch batch) => null;

    public async ValueTask<ExportOutcome> ExportAsync(OtlpBatch batch, CancellationToken cancellationToken)
    {
        if (batch.Signal != OtlpSignal.Traces)
            await Task.Delay(Timeout.Infinite, cancellationToken);
        return ExportOutcome.Delivered();
    }

    public ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        if (!cancellationToken.IsCancellationRequested)
            Interlocked.Increment(ref _flushesInTime);
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    public sealed class Options : ExporterOptions;

    /// <summary>Makes one exporter, whatever its name.</summary>
    public sealed class Type(HoldingExporter exporter) : ExporterType<Options>
    {
        public override string Name => "holding";

        public override IReadOnlyList<Setting> Settings => [];

        protected override void Validate(Options options, IReadOnlyCollection<OtlpSignal> signals, SettingErrors errors)
        {
        }

        protected override IExporter Create(Options options, ExporterContext context) => exporter;
    }
}
