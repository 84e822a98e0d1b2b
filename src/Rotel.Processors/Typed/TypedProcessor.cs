using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Rotel.Memory;
using Rotel.Otlp;
using Rotel.Pipelines;

namespace Rotel.Processors.Typed;

/// <summary>
/// A run of the user's own steps in the pipeline of one signal: each ResourceX of a payload is decoded once, given to all steps in order,
/// and encoded once. Safe for concurrent use.
/// </summary>
internal sealed class TypedProcessor(
    OtlpSignal signal,
    IReadOnlyList<TypedStep> steps,
    TypedThreads threads,
    BufferPool pool,
    TimeProvider time,
    ILogger logger,
    IServiceScopeFactory? services) : IAsyncPayloadProcessor
{
    public OtlpSignal Signal { get; } = signal;

    public TypedStep[] Steps { get; } = [.. steps];

    public TypedThreads Threads { get; } = threads;

    public BufferPool Pool { get; } = pool;

    public TimeProvider Time { get; } = time;

    public ILogger Logger { get; } = logger;

    public IServiceScopeFactory? Services { get; } = services;

    public OtlpPayload? Process(OtlpPayload payload) => payload;

    public ValueTask<OtlpPayload?> ProcessAsync(OtlpPayload payload, CancellationToken cancellationToken) => new(payload);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
