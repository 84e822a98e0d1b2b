namespace Rotel.Operation;

/// <summary>The part of a process in a collector that several share.</summary>
public sealed class SharedAgentStatus
{
    internal SharedAgentStatus()
    {
    }

    /// <summary>Gets what this process does.</summary>
    public SharedAgentRole Role { get; internal init; }

    /// <summary>Gets the file whose lock decides it.</summary>
    public string File { get; internal init; } = "";

    /// <summary>Gets the number of the process that holds the shared agent; null while none is known.</summary>
    public int? HolderProcessId { get; internal init; }

    /// <summary>Gets where that process receives OTLP over gRPC.</summary>
    public IReadOnlyList<string> GrpcEndpoints { get; internal init; } = [];

    /// <summary>Gets where that process receives OTLP over HTTP.</summary>
    public IReadOnlyList<string> HttpEndpoints { get; internal init; } = [];
}
