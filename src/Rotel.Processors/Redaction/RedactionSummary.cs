namespace Rotel.Processors.Redaction;

/// <summary>What redaction writes into the telemetry about what it did there.</summary>
public enum RedactionSummary
{
    /// <summary>Nothing.</summary>
    Silent,

    /// <summary>How many keys were deleted, masked, allowed and ignored, as attributes beside them.</summary>
    Info,

    /// <summary>Their names as well, except those of ignored ones.</summary>
    Debug,
}
