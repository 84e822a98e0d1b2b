namespace Rotel.Agent.Doctor;

/// <summary>What a step came to.</summary>
internal enum StepStatus
{
    /// <summary>All is well.</summary>
    Ok,

    /// <summary>It works, but somebody should know.</summary>
    Warning,

    /// <summary>It does not work.</summary>
    Failed,

    /// <summary>Not looked at, because of what was found before or was asked for.</summary>
    Skipped,
}
