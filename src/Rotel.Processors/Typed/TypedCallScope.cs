using Microsoft.Extensions.DependencyInjection;

namespace Rotel.Processors.Typed;

/// <summary>
/// What the calls for one payload share and what goes with a call that is given up, for the calls after it get a new one: the token that
/// tells it so, the services and objects it uses. Parts come into being when they are asked for, on whatever thread.
/// </summary>
/// <param name="owner">Whose steps are called.</param>
/// <param name="headers">Of the request.</param>
internal sealed class TypedCallScope(TypedProcessor owner, TypedHeaders headers)
{
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _cancellation = new();
    private readonly object?[] _processors = new object?[owner.Steps.Length];
    private readonly ProcessorContext?[] _contexts = new ProcessorContext?[owner.Steps.Length];
    private List<object>? _owned;
    private AsyncServiceScope? _services;
    private bool _isOver;

    public CancellationToken CancellationToken => _cancellation.Token;

    public IReadOnlyDictionary<string, string> Headers => headers.Value;

    /// <summary>Null where there is no container.</summary>
    /// <exception cref="ObjectDisposedException">The request is done with.</exception>
    public IServiceProvider? Services
    {
        get
        {
            if (owner.Services is null)
                return null;
            lock (_lock)
            {
                ObjectDisposedException.ThrowIf(_isOver, typeof(ProcessorContext));
                _services ??= owner.Services.CreateAsyncScope();
                return _services.Value.ServiceProvider;
            }
        }
    }

    /// <summary>The object of a step; making it is user code.</summary>
    public object Processor(int step)
    {
        if (_processors[step] is { } known)
            return known;
        var processor = owner.Steps[step].Source.Create(Services, out var isOwned);
        if (isOwned && processor is (IDisposable or IAsyncDisposable))
            (_owned ??= []).Add(processor);
        return _processors[step] = processor;
    }

    public ProcessorContext Context(int step) => _contexts[step] ??= new ProcessorContext(owner.Signal, owner.Steps[step].Logger, this);

    /// <summary>Tells the code that holds the token to end. What it registered there runs on the thread pool.</summary>
    public void Cancel() => _ = _cancellation.CancelAsync().ContinueWith(
        static cancelled => cancelled.Exception,
        CancellationToken.None,
        TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
        TaskScheduler.Default);

    /// <summary>Disposes services and objects of this request, on the thread pool: what that runs is not ours.</summary>
    public void End()
    {
        lock (_lock)
        {
            if (_isOver)
                return;
            _isOver = true;
        }

        if (_services is not null || _owned is not null)
            ThreadPool.UnsafeQueueUserWorkItem(static scope => _ = scope.DisposeServicesAsync(), this, preferLocal: false);
    }

    private async Task DisposeServicesAsync()
    {
        try
        {
            foreach (var processor in _owned ?? [])
            {
                if (processor is IAsyncDisposable asynchronous)
                    await asynchronous.DisposeAsync().ConfigureAwait(false);
                else
                    ((IDisposable)processor).Dispose();
            }

            if (_services is { } services)
                await services.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            owner.ReportServices(exception);
        }
    }
}
