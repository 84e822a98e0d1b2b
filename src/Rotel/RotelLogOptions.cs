using Microsoft.Extensions.Logging;

namespace Rotel;

/// <summary>Where Rotel's own messages go, and how they look there.</summary>
public sealed class RotelLogOptions
{
    private LogLevel? _level;

    /// <summary>Gets or sets the file that Rotel's messages are appended to, instead of where they would go otherwise.</summary>
    /// <value>
    /// Unset: the host's <see cref="ILoggerFactory"/>, and standard error in the <c>rotel</c> command. Environment: <c>ROTEL_LOG_FILE</c>.
    /// </value>
    /// <remarks>
    /// Its directory is made where it is missing. A file that cannot be written is an error at the start, and later a warning where
    /// messages would go otherwise. One that is renamed or deleted is made anew within a second of the next message, so that it can be
    /// rotated. Several processes may append to the same file. A link in its place is not followed.
    /// </remarks>
    public string? File { get; set; }

    /// <summary>Gets or sets how messages are written to the file, and by the <c>rotel</c> command to standard error.</summary>
    /// <value>
    /// The default is <see cref="RotelLogFormat.Text"/>. Without <see cref="File"/> it does nothing in a library, for the host's log has a
    /// format of its own. Environment: <c>ROTEL_LOG_FORMAT</c>.
    /// </value>
    public RotelLogFormat Format { get; set; } = RotelLogFormat.Text;

    /// <summary>Gets or sets the least severe messages that are written; the host's own filters come on top.</summary>
    /// <value>
    /// The default is <see cref="LogLevel.Information"/>; where messages go to the host's log, unset leaves it to the host's filters alone.
    /// Environment: <c>ROTEL_LOG_LEVEL</c>.
    /// </value>
    public LogLevel Level
    {
        get => _level ?? LogLevel.Information;
        set => _level = value;
    }

    internal bool IsLevelSet => _level is not null;
}
