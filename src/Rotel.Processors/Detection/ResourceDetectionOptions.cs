namespace Rotel.Processors.Detection;

/// <summary>
/// Which attributes are found out about where the process runs, once at the start, and set on every resource that passes, whoever sent it.
/// A start never fails for it.
/// </summary>
public sealed class ResourceDetectionOptions
{
    /// <summary>The default of <see cref="Timeout"/>.</summary>
    internal static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(2);

    internal ResourceDetectionOptions()
    {
    }

    /// <summary>Gets what is asked. Where several find the same attribute, the first in this order counts.</summary>
    /// <value>Empty, the default: nothing is detected. Environment: <c>ROTEL_RESOURCE_DETECTORS=env,host,container</c>.</value>
    public IList<ResourceDetector> Detectors { get; } = [];

    /// <summary>Gets or sets how long all detectors together may take; what is not found by then is left out.</summary>
    /// <value>The default is 2 s, the most is 60 s. Environment: <c>ROTEL_RESOURCE_DETECTION_TIMEOUT</c>.</value>
    public TimeSpan Timeout { get; set; } = DefaultTimeout;

    /// <summary>Gets or sets whether a detected attribute replaces one that a resource already has.</summary>
    /// <value>
    /// The default is <see langword="false"/>: what the sender says stays. Environment: <c>ROTEL_RESOURCE_DETECTION_OVERRIDE</c>.
    /// </value>
    public bool Override { get; set; }
}
