using System.Runtime.CompilerServices;

namespace Rotel.Processors.Typed;

/// <summary>A call that did not end at once, and what is to be let go of when it ends too late.</summary>
/// <param name="run">Told when it ends.</param>
/// <param name="call">What the user's method returned.</param>
/// <param name="step">Which was called.</param>
/// <param name="scope">That of the call.</param>
/// <param name="charge">Of the objects it works on.</param>
internal sealed class TypedPendingCall(TypedRun run, ValueTask call, int step, TypedCallScope scope, long charge)
{
    private readonly ConfiguredValueTaskAwaitable.ConfiguredValueTaskAwaiter _call = call.ConfigureAwait(false).GetAwaiter();
    private int _isOver;

    public int Step { get; } = step;

    public TypedCallScope Scope { get; } = scope;

    public long Charge { get; } = charge;

    /// <summary>In which the run waits for it; 0 where it was given up before.</summary>
    public long State { get; set; }

    public void Await()
    {
        try
        {
            _call.UnsafeOnCompleted(OnCompleted);
        }
        catch (Exception exception)
        {
            // The user's own kind of task.
            End(exception);
        }
    }

    private void OnCompleted()
    {
        Exception? thrown = null;
        try
        {
            _call.GetResult();
        }
        catch (Exception exception)
        {
            thrown = exception;
        }

        End(thrown);
    }

    private void End(Exception? thrown)
    {
        if (Interlocked.Exchange(ref _isOver, 1) == 0)
            run.OnReturned(this, thrown);
    }
}
