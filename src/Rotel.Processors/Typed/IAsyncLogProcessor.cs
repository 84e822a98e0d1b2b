using OpenTelemetry.Proto.Logs.V1;

namespace Rotel.Processors.Typed;

/// <summary>An <see cref="ILogProcessor"/> that waits, for example for a look-up: it holds no thread while it does.</summary>
public interface IAsyncLogProcessor : ILogProcessor
{
    /// <inheritdoc cref="ILogProcessor.Process"/>
    /// <returns>Completes when the message is as it should go on.</returns>
    ValueTask ProcessAsync(ResourceLogs resourceLogs, ProcessorContext context);

    /// <summary>Blocks on <see cref="ProcessAsync"/>; Rotel itself does not call it.</summary>
    void ILogProcessor.Process(ResourceLogs resourceLogs, ProcessorContext context) =>
        ProcessAsync(resourceLogs, context).AsTask().GetAwaiter().GetResult();
}
