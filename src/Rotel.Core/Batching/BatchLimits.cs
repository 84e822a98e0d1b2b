namespace Rotel.Batching;

/// <summary><see cref="BatchOptions"/> with every value decided.</summary>
/// <param name="MaxItems">Items at most.</param>
/// <param name="MaxBytes">Uncompressed bytes at most.</param>
/// <param name="Timeout">How long the first item waits for others.</param>
internal readonly record struct BatchLimits(int MaxItems, int MaxBytes, TimeSpan Timeout)
{
    public static BatchLimits From(BatchOptions options) => new(
        options.MaxItems ?? BatchOptions.DefaultMaxItems,
        options.MaxBytes ?? BatchOptions.DefaultMaxBytes,
        options.Timeout ?? BatchOptions.DefaultTimeout);

    public bool Allow(int items, long bytes) => items <= MaxItems && bytes <= MaxBytes;

    /// <summary>Whether nothing more could be added; with a zero time-out, anything is enough.</summary>
    public bool AreReachedBy(OtlpBatch batch) => batch.ItemCount >= MaxItems || batch.WireLength >= MaxBytes || Timeout == TimeSpan.Zero;
}
