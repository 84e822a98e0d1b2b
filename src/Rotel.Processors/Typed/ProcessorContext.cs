using System.Collections.ObjectModel;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Rotel.Otlp;

namespace Rotel.Processors.Typed;

/// <summary>
/// What a step of your own is told beside the data. One for each request and step; valid until the step returns. To test a step, make one
/// yourself.
/// </summary>
/// <param name="signal">What the request holds.</param>
public sealed class ProcessorContext(OtlpSignal signal)
{
    private readonly TypedCallScope? _scope;

    internal ProcessorContext(OtlpSignal signal, ILogger logger, TypedCallScope scope)
        : this(signal)
    {
        _scope = scope;
        Logger = logger;
        CancellationToken = scope.CancellationToken;
    }

    /// <summary>Gets what the request holds.</summary>
    public OtlpSignal Signal { get; } = signal;

    /// <summary>
    /// Gets the headers of the request that the receiver was told to keep (<c>otlp_http_headers_to_include</c>,
    /// <c>otlp_grpc_headers_to_include</c>), by name in any case; empty where there are none.
    /// </summary>
    public IReadOnlyDictionary<string, string> Headers
    {
        get => field ??= _scope?.Headers ?? ReadOnlyDictionary<string, string>.Empty;
        init;
    }

    /// <summary>
    /// Gets what is cancelled when the step's time is over, the sender went away, or Rotel stops and cannot wait any longer.
    /// </summary>
    public CancellationToken CancellationToken { get; init; }

    /// <summary>
    /// Gets a logger in the category <c>Rotel.Processor.{name}</c>. What is written there does not come back as telemetry.
    /// </summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;

    /// <summary>
    /// Gets the application's services, in a scope of this request that all its steps share; null where Rotel runs without a container.
    /// </summary>
    public IServiceProvider? Services
    {
        get => field ?? _scope?.Services;
        init;
    }
}
