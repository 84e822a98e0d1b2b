namespace Rotel.Pipelines;

/// <summary>What became of an attempt to put a payload into all its target queues.</summary>
internal enum AdmissionResult
{
    /// <summary>It is in every queue that will take it; the pipeline owns it.</summary>
    Admitted,

    /// <summary>A queue that blocks has no room; the payload is still the caller's.</summary>
    Full,

    /// <summary>Rotel is stopping; the payload is still the caller's.</summary>
    Closed,
}
