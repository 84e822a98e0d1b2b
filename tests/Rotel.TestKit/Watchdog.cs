namespace Rotel.TestKit;

/// <summary>
/// The one way tests wait: for an observed event, under a deadline so generous that only a defect reaches it. A test that waits for a time
/// instead proves nothing on a slow machine and wastes time on a fast one.
/// </summary>
public static class Watchdog
{
    /// <summary>How long an event may take before the test is declared hung.</summary>
    public static TimeSpan Deadline { get; } = TimeSpan.FromSeconds(30);

    /// <summary>Waits for a task; the message says what did not happen.</summary>
    /// <exception cref="TimeoutException">The deadline passed.</exception>
    public static async Task WaitAsync(Task task, string what, CancellationToken cancellation)
    {
        try
        {
            await task.WaitAsync(Deadline, cancellation);
        }
        catch (TimeoutException) when (!task.IsCompleted)
        {
            throw new TimeoutException(Message(what));
        }
    }

    /// <inheritdoc cref="WaitAsync(Task, string, CancellationToken)"/>
    public static async Task<T> WaitAsync<T>(Task<T> task, string what, CancellationToken cancellation)
    {
        await WaitAsync((Task)task, what, cancellation);
        return await task;
    }

    /// <summary>Waits until a condition over watched state holds; it is asked again after every <see cref="ChangeSignal.Pulse"/>.</summary>
    /// <param name="changes">Pulsed after every change of what the condition reads.</param>
    /// <param name="condition">What is waited for; must be safe to call from any thread.</param>
    /// <param name="what">Read when the deadline has passed, so that it can tell how far things had come.</param>
    /// <param name="cancellation">The token of the test.</param>
    /// <exception cref="TimeoutException">The deadline passed.</exception>
    public static async Task UntilAsync(ChangeSignal changes, Func<bool> condition, Func<string> what, CancellationToken cancellation)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(Deadline);
        while (true)
        {
            // Taken before the condition is read: a change between the two completes it.
            var next = changes.Next;
            if (condition())
                return;
            try
            {
                await next.WaitAsync(deadline.Token);
            }
            catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
            {
                throw new TimeoutException(Message(what()));
            }
        }
    }

    private static string Message(string what) => $"Not seen within {Deadline.TotalSeconds:0} s: {what}";
}
