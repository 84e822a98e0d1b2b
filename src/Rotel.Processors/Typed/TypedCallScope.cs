using Microsoft.Extensions.DependencyInjection;
using Rotel.Pipelines;

namespace Rotel.Processors.Typed;

/// <summary>
/// What the calls for one payload share and what goes with a call that is given up: the token that tells it so, and the services it uses.
/// The calls after it get a new one. Made of parts that come into being when they are asked for, on whatever thread.
/// </summary>
internal sealed class TypedCallScope(IServiceScopeFactory? services, RequestMetadata? metadata)
{
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _cancellation = new();
    private Dictionary<string, string>? _headers;
    private AsyncServiceScope? _scope;
    private bool _isOver;

    public CancellationToken CancellationToken => _cancellation.Token;

    public IReadOnlyDictionary<string, string> Headers
    {
        get
        {
            if (_headers is { } known)
                return known;
            var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
            foreach (var (name, value) in metadata?.Headers ?? [])
                headers[name] = value;
            return _headers = headers;
        }
    }

    public IServiceProvider? Services
    {
        get
        {
            lock (_lock)
            {
                ObjectDisposedException.ThrowIf(_isOver, typeof(ProcessorContext));
                _scope ??= services?.CreateAsyncScope();
                return _scope?.ServiceProvider;
            }
        }
    }

    /// <summary>Tells the code that holds the token to end. What it registered there runs on the thread pool.</summary>
    public void Cancel() => _ = _cancellation.CancelAsync().ContinueWith(
        static cancelled => cancelled.Exception,
        CancellationToken.None,
        TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
        TaskScheduler.Default);

    /// <summary>Disposes the services, on the thread pool: what that runs is not ours.</summary>
    public void End(Action<Exception> onFailure)
    {
        lock (_lock)
        {
            if (_isOver)
                return;
            _isOver = true;
        }

        if (_scope is not { } scope)
            return;
        ThreadPool.UnsafeQueueUserWorkItem(
            static async state =>
            {
                try
                {
                    await state.Scope.DisposeAsync().ConfigureAwait(false);
                }
                catch (Exception exception)
                {
                    state.OnFailure(exception);
                }
            },
            (Scope: scope, OnFailure: onFailure),
            preferLocal: false);
    }
}
