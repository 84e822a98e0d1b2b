using Rotel.Pipelines;

namespace Rotel.Processors.Truncation;

/// <summary>
/// What a processor of type <c>truncate</c> does: it cuts long texts in attribute values, at every level from resources to exemplars and
/// inside of arrays and key-value lists, and in the bodies of log records. Keys, names and bytes stay as they are.
/// </summary>
public sealed class TruncateOptions : ProcessorOptions
{
    /// <summary>
    /// Gets or sets how many bytes of UTF-8 a text may have. A longer one is cut before the first character that does not fit whole.
    /// </summary>
    /// <value>From 1 on; 4096 by default.</value>
    public long MaxValueBytes { get; set; } = 4096;
}
