using OpenTelemetry.Proto.Trace.V1;

namespace Rotel.Processors.Typed;

/// <summary>An <see cref="ITraceProcessor"/> that waits, for example for a look-up: it holds no thread while it does.</summary>
public interface IAsyncTraceProcessor : ITraceProcessor
{
    /// <inheritdoc cref="ITraceProcessor.Process"/>
    /// <returns>Completes when the message is as it should go on.</returns>
    ValueTask ProcessAsync(ResourceSpans resourceSpans, ProcessorContext context);

    /// <summary>Blocks on <see cref="ProcessAsync"/>; Rotel itself does not call it.</summary>
    void ITraceProcessor.Process(ResourceSpans resourceSpans, ProcessorContext context) =>
        ProcessAsync(resourceSpans, context).AsTask().GetAwaiter().GetResult();
}
