namespace Rotel;

/// <summary>How much of the telemetry the debug log shows.</summary>
public enum DebugLogVerbosity
{
    /// <summary>One line per request with the number of resources and items.</summary>
    Basic,

    /// <summary>Every field of every item.</summary>
    Detailed,
}
