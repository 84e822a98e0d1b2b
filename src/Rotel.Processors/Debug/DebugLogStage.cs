namespace Rotel.Processors.Debug;

/// <summary>Where in the flow the debug log looks.</summary>
internal enum DebugLogStage
{
    /// <summary>Nothing is changed on the way, so one look is enough.</summary>
    Only,

    /// <summary>As received.</summary>
    BeforeProcessing,

    /// <summary>As queued for the exporters.</summary>
    AfterProcessing,
}
