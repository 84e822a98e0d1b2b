namespace Rotel.Exporters.Datadog;

/// <summary>In which form telemetry goes to Datadog.</summary>
public enum DatadogMode
{
    /// <summary>As Datadog's agent sends it, to the intakes of traces, statistics, metrics and logs.</summary>
    Intake,

    /// <summary>As OTLP, to Datadog's OTLP endpoints; nothing is mapped, obfuscated or counted here.</summary>
    Otlp,
}
