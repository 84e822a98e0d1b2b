using Rotel.Batching;
using Rotel.Pipelines;

namespace Rotel.Sharing;

/// <summary>Who takes what a <see cref="ForwardExporter"/> has: the process that holds the shared agent, or this one when it does.</summary>
internal interface IForwardTarget : IDisposable
{
    /// <inheritdoc cref="IExporter.ExportAsync"/>
    ValueTask<ExportOutcome> SendAsync(OtlpBatch batch, CancellationToken cancellationToken);
}
