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
internal sealed class TypedProcessor : IAsyncPayloadProcessor
{
    /// <summary>Not disposed: calls that come back late still look at it, and it has no timer.</summary>
    private readonly CancellationTokenSource _stopping = new();

    /// <param name="signal">What passes; no profiles.</param>
    /// <param name="steps">In order; at least one.</param>
    /// <param name="threads">Where they run.</param>
    /// <param name="pool">For results.</param>
    /// <param name="time">For the steps' limits.</param>
    /// <param name="logger">For what is wrong with steps.</param>
    /// <param name="services">Of the application; null where there is no container.</param>
    public TypedProcessor(
        OtlpSignal signal,
        IReadOnlyList<TypedStep> steps,
        TypedThreads threads,
        BufferPool pool,
        TimeProvider time,
        ILogger logger,
        IServiceScopeFactory? services)
    {
        Signal = signal;
        Steps = [.. steps];
        Health = [.. steps.Select(step => new TypedStepHealth(step, signal, time, logger))];
        Messages = TypedMessages.Of(signal);
        Threads = threads;
        Pool = pool;
        Time = time;
        Logger = logger;
        Services = services;
        ShortestTimeLimit = steps.Min(step => step.Options.TimeLimit);
    }

    public OtlpSignal Signal { get; }

    public TypedStep[] Steps { get; }

    /// <summary>Of each step.</summary>
    public TypedStepHealth[] Health { get; }

    public TypedMessages Messages { get; }

    public TypedThreads Threads { get; }

    public BufferPool Pool { get; }

    public TimeProvider Time { get; }

    public ILogger Logger { get; }

    public IServiceScopeFactory? Services { get; }

    /// <summary>Of all steps.</summary>
    public TimeSpan ShortestTimeLimit { get; }

    /// <summary>Cancelled by <see cref="Stop"/>.</summary>
    public CancellationToken Stopping => _stopping.Token;

    /// <summary>Blocks until the steps are done, on threads of their own.</summary>
    /// <exception cref="OperationCanceledException">Rotel stops; the payload is the caller's.</exception>
    public OtlpPayload? Process(OtlpPayload payload) => ProcessAsync(payload, CancellationToken.None).AsTask().GetAwaiter().GetResult();

    public ValueTask<OtlpPayload?> ProcessAsync(OtlpPayload payload, CancellationToken cancellationToken) =>
        new(new TypedRun(this, payload, cancellationToken).Start());

    /// <summary>
    /// Cancels whatever waits for a step, now and from now on, without waiting for the step: its payload is the caller's again.
    /// </summary>
    public void Stop() => _stopping.Cancel();

    /// <summary>Stops, and writes what was not logged yet. Calls that were given up are on their own.</summary>
    public ValueTask DisposeAsync()
    {
        Stop();
        foreach (var health in Health)
            health.ReportRest();
        return ValueTask.CompletedTask;
    }

    public void ReportServices(Exception exception) => Logger.ServicesNotDisposed(exception, Signal.Name());
}
