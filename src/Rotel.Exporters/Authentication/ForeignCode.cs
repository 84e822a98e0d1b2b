namespace Rotel.Exporters.Authentication;

/// <summary>
/// Calls code of the application's that gives credentials. It may block, and what it does when an attempt is over may block too, so none of
/// it runs on a thread that brings batches forward or that keeps the time.
/// </summary>
internal static class ForeignCode
{
    /// <summary>Ends with the attempt, whether the code heeds its token or not. Throws what the code throws.</summary>
    public static async Task<T> CallAsync<T>(Func<CancellationToken, ValueTask<T>> code, CancellationToken attempt)
    {
        // Cancelled on the thread pool: by itself the attempt's token would run the code's callbacks on the thread of timers. Not disposed,
        // for the code may still look at it; it holds neither timer nor link once the attempt is over.
        var end = new CancellationTokenSource();
        using var _ = attempt.UnsafeRegister(static end => ((CancellationTokenSource)end!).CancelAsync(), end);
        return await Task.Run(() => code(end.Token).AsTask(), CancellationToken.None).WaitAsync(attempt).ConfigureAwait(false);
    }
}
