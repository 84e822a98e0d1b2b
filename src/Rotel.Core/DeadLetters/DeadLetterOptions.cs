namespace Rotel.DeadLetters;

/// <summary>Whether what a destination refuses for good is kept in a directory, from where <c>rotel replay</c> sends it again.</summary>
public sealed class DeadLetterOptions
{
    internal const long DefaultMaxBytes = 100L << 20;
    internal const long LeastMaxBytes = 1L << 20;

    /// <summary>
    /// Gets or sets the directory, neither that of the disk queue nor inside it. Whoever may read it may read telemetry.
    /// </summary>
    /// <value>
    /// The default is none: what is refused for good is counted and dropped. It is made where it is missing, for the user that Rotel runs
    /// as and nobody else. A relative path begins at the current directory. Environment: <c>ROTEL_DEAD_LETTER_DIRECTORY</c>.
    /// </value>
    public string? Directory { get; set; }

    /// <summary>Gets or sets the bytes that the directory may take; beyond them the oldest files are deleted.</summary>
    /// <value>The default is 100 MiB; at least 1 MiB. Environment: <c>ROTEL_DEAD_LETTER_MAX_BYTES</c>.</value>
    public long MaxBytes { get; set; } = DefaultMaxBytes;
}
