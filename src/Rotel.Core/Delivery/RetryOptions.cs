namespace Rotel.Delivery;

/// <summary>
/// How long a batch that a destination could not take is tried again. Unset values take the global setting, then the default.
/// </summary>
public sealed class RetryOptions
{
    internal static readonly TimeSpan DefaultInitialBackoff = TimeSpan.FromSeconds(5);
    internal static readonly TimeSpan DefaultMaxBackoff = TimeSpan.FromSeconds(30);
    internal static readonly TimeSpan DefaultMaxElapsedTime = TimeSpan.FromSeconds(300);

    /// <summary>Gets or sets the shortest wait before a try is repeated.</summary>
    /// <value>The default is 5 s, as in Rotel and in the OpenTelemetry Collector.</value>
    /// <remarks>
    /// The wait before retry n is random between this and the smaller of <see cref="MaxBackoff"/> and this times 2^n, and never shorter than
    /// what the destination asked for.
    /// </remarks>
    public TimeSpan? InitialBackoff { get; set; }

    /// <summary>Gets or sets the longest wait that Rotel chooses by itself.</summary>
    /// <value>The default is 30 s.</value>
    public TimeSpan? MaxBackoff { get; set; }

    /// <summary>Gets or sets how long after its first failure a batch is given up (reason <c>retry_expired</c>).</summary>
    /// <value>The default is 300 s. Zero means never.</value>
    public TimeSpan? MaxElapsedTime { get; set; }

    /// <summary>These values, each unset one taken from <paramref name="fallback"/>.</summary>
    internal RetryOptions Or(RetryOptions fallback) => new()
    {
        InitialBackoff = InitialBackoff ?? fallback.InitialBackoff,
        MaxBackoff = MaxBackoff ?? fallback.MaxBackoff,
        MaxElapsedTime = MaxElapsedTime ?? fallback.MaxElapsedTime,
    };
}
