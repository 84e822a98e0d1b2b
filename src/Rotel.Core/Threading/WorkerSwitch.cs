using System.Runtime.CompilerServices;

namespace Rotel.Threading;

/// <summary>The awaitable of <see cref="BackgroundWorkers.SwitchAsync"/>: never complete at once, continues on a worker.</summary>
internal readonly struct WorkerSwitch(BackgroundWorkers workers) : ICriticalNotifyCompletion
{
    public bool IsCompleted => false;

    public WorkerSwitch GetAwaiter() => this;

    public void GetResult()
    {
    }

    public void OnCompleted(Action continuation) => workers.Post(continuation);

    public void UnsafeOnCompleted(Action continuation) => workers.Post(continuation);
}
