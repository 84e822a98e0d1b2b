namespace Rotel.Exporters.Datadog;

/// <summary>Datadog's regions, each a site of its own (https://docs.datadoghq.com/getting_started/site/).</summary>
public enum DatadogRegion
{
    /// <summary>datadoghq.com.</summary>
    Us1,

    /// <summary>us3.datadoghq.com.</summary>
    Us3,

    /// <summary>us5.datadoghq.com.</summary>
    Us5,

    /// <summary>datadoghq.eu.</summary>
    Eu,

    /// <summary>ap1.datadoghq.com.</summary>
    Ap1,

    /// <summary>ap2.datadoghq.com.</summary>
    Ap2,

    /// <summary>ddog-gov.com.</summary>
    Gov,
}
