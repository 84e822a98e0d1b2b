namespace Rotel.Processors.Detection;

/// <summary>Finds out attributes of one kind of place that a process may run in.</summary>
internal interface IResourceDetector
{
    /// <summary>Whether it does what can block a thread, such as reading files; it then runs on one of the pool.</summary>
    bool MayBlock { get; }

    /// <summary>
    /// Adds what it finds, each attribute as soon as it is known, for the findings may be closed at any time. Finding nothing, because the
    /// process runs elsewhere, is no failure.
    /// </summary>
    ValueTask DetectAsync(DetectionContext context, DetectorFindings findings, CancellationToken cancellationToken);
}
