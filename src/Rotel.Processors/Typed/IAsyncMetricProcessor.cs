using OpenTelemetry.Proto.Metrics.V1;

namespace Rotel.Processors.Typed;

/// <summary>An <see cref="IMetricProcessor"/> that waits, for example for a look-up: it holds no thread while it does.</summary>
public interface IAsyncMetricProcessor : IMetricProcessor
{
    /// <inheritdoc cref="IMetricProcessor.Process"/>
    /// <returns>Completes when the message is as it should go on.</returns>
    ValueTask ProcessAsync(ResourceMetrics resourceMetrics, ProcessorContext context);

    /// <summary>Blocks on <see cref="ProcessAsync"/>; Rotel itself does not call it.</summary>
    void IMetricProcessor.Process(ResourceMetrics resourceMetrics, ProcessorContext context) =>
        ProcessAsync(resourceMetrics, context).AsTask().GetAwaiter().GetResult();
}
