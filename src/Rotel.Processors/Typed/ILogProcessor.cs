using OpenTelemetry.Proto.Logs.V1;

namespace Rotel.Processors.Typed;

/// <summary>
/// Looks at and changes log records on their way through: your own code, as a step of a pipeline. Called on threads of Rotel's own, for
/// many requests at once, unless made anew for each (registered by type and scoped).
/// </summary>
/// <remarks>
/// What the method leaves in the message goes on to the next step. When it throws, takes longer than
/// <see cref="TypedProcessorOptions.TimeLimit"/> or leaves something that cannot be sent, what it did is undone and
/// <see cref="TypedProcessorOptions.OnFailure"/> says what becomes of the data; steps before it may then be called again for the same data.
/// The message is yours only until you return.
/// </remarks>
public interface ILogProcessor
{
    /// <summary>Changes the message in place. Items that are taken out of it are counted as removed.</summary>
    /// <param name="resourceLogs">One of a request: a resource and the log records that it made.</param>
    /// <param name="context">What is known about the request, and services.</param>
    void Process(ResourceLogs resourceLogs, ProcessorContext context);
}
