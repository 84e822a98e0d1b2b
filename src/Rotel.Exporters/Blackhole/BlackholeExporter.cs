using Rotel.Batching;
using Rotel.Delivery;
using Rotel.Pipelines;

namespace Rotel.Exporters.Blackhole;

/// <summary>Takes every batch and lets it go.</summary>
internal sealed class BlackholeExporter : IExporter
{
    public EncodedBatch? Encode(OtlpBatch batch) => null;

    public ValueTask<ExportOutcome> ExportAsync(OtlpBatch batch, CancellationToken cancellationToken) => new(ExportOutcome.Delivered());

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
