namespace Rotel.Batching;

/// <summary>When a batch is closed and sent. Unset values take the signal's, then the global setting, then the default.</summary>
public sealed class BatchOptions
{
    internal const int DefaultMaxItems = 8192;
    internal const int DefaultMaxBytes = 3_670_016;
    internal static readonly TimeSpan DefaultTimeout = TimeSpan.FromMilliseconds(200);

    /// <summary>Gets or sets the most spans, data points or log records in one batch.</summary>
    /// <value>The default is 8192, as in Rotel and in the OpenTelemetry Collector.</value>
    /// <remarks>An upper bound: a request that would pass it starts the next batch, and is split only where it is larger by itself.</remarks>
    public int? MaxItems { get; set; }

    /// <summary>Gets or sets the most bytes of uncompressed protobuf in one batch.</summary>
    /// <value>The default is 3.5 MiB, which stays below the 4 MiB that gRPC servers accept by default.</value>
    public int? MaxBytes { get; set; }

    /// <summary>Gets or sets how long the first item of a batch waits for others.</summary>
    /// <value>The default is 200 ms, as in Rotel and in the OpenTelemetry Collector. Zero sends every request by itself.</value>
    public TimeSpan? Timeout { get; set; }

    /// <summary>These values, each unset one taken from <paramref name="fallback"/>.</summary>
    internal BatchOptions Or(BatchOptions fallback) => new()
    {
        MaxItems = MaxItems ?? fallback.MaxItems,
        MaxBytes = MaxBytes ?? fallback.MaxBytes,
        Timeout = Timeout ?? fallback.Timeout,
    };
}
