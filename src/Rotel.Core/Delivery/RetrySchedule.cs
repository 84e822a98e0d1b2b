namespace Rotel.Delivery;

/// <summary>
/// When a failed batch is tried again: a state machine without clock or timer. The wait is random between the initial backoff and
/// min(max, initial x 2^n), never shorter than what the destination asked for; the elapsed limit counts from the first failure.
/// </summary>
internal struct RetrySchedule(TimeSpan initialBackoff, TimeSpan maxBackoff, TimeSpan maxElapsedTime)
{
    private int _failures;

    public static RetrySchedule From(RetryOptions options) => new(
        options.InitialBackoff ?? RetryOptions.DefaultInitialBackoff,
        options.MaxBackoff ?? RetryOptions.DefaultMaxBackoff,
        options.MaxElapsedTime ?? RetryOptions.DefaultMaxElapsedTime);

    /// <summary>Failures so far.</summary>
    public readonly int Failures => _failures;

    /// <summary>
    /// Counts a failure and returns how long to wait, or null when the next try would start after the limit.
    /// </summary>
    /// <param name="sinceFirstFailure">Time since the first failure; zero for the first.</param>
    /// <param name="asked">What the destination asked for.</param>
    /// <param name="random">A number from 0 up to 1.</param>
    /// <param name="longest">What the wait is cut to.</param>
    public TimeSpan? NextWait(TimeSpan sinceFirstFailure, TimeSpan? asked, double random, TimeSpan longest)
    {
        _failures++;
        var ceiling = Math.Min(maxBackoff.TotalMilliseconds, initialBackoff.TotalMilliseconds * Math.Pow(2, Math.Min(_failures, 30)));
        var floor = Math.Min(initialBackoff.TotalMilliseconds, ceiling);
        var wait = TimeSpan.FromMilliseconds(floor + ((ceiling - floor) * random));
        if (asked > wait)
            wait = asked.Value;
        if (wait > longest)
            wait = longest;
        return maxElapsedTime > TimeSpan.Zero && wait > maxElapsedTime - sinceFirstFailure ? null : wait;
    }
}
