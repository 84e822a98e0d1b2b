using Microsoft.Extensions.Logging;

namespace Rotel;

/// <summary>Where Rotel's own messages go, and how they look there.</summary>
public sealed class RotelLogOptions
{
    /// <summary>Gets or sets the file that Rotel's messages are appended to, instead of where they would go otherwise.</summary>
    /// <value>
    /// Unset: the host's <see cref="ILoggerFactory"/>, and standard error in the <c>rotel</c> command. A file that is moved away is made
    /// anew. Environment: <c>ROTEL_LOG_FILE</c>.
    /// </value>
    public string? File { get; set; }

    /// <summary>Gets or sets how messages are written to the file, and by the <c>rotel</c> command to standard error.</summary>
    /// <value>The default is <see cref="RotelLogFormat.Text"/>. Environment: <c>ROTEL_LOG_FORMAT</c>.</value>
    public RotelLogFormat Format { get; set; } = RotelLogFormat.Text;

    /// <summary>Gets or sets the least severe messages that are written; the host's own filters come on top.</summary>
    /// <value>The default is <see cref="LogLevel.Information"/>. Environment: <c>ROTEL_LOG_LEVEL</c>.</value>
    public LogLevel Level { get; set; } = LogLevel.Information;
}
