namespace Rotel.Receivers.Otlp;

/// <summary>
/// Which request headers are kept with the telemetry, for processors and exporters to use. Their values are never logged.
/// </summary>
public sealed class OtlpMetadataOptions
{
    /// <summary>Gets or sets whether headers are kept.</summary>
    /// <value>The default is <see langword="false"/>.</value>
    public bool Include { get; set; }

    /// <summary>Gets the names of the headers to keep, in any case.</summary>
    /// <value>The default is none; one at least is required when <see cref="Include"/> is set.</value>
    /// <remarks>At most 4 KiB of names and values are kept of one request; headers that would pass that are left out.</remarks>
    public IList<string> Headers { get; } = [];
}
