namespace Rotel.Exporters.Datadog.Hosts;

/// <summary>A part of a host's description; all but the first are of gohai, the agent's inventory of a machine.</summary>
internal enum HostPart
{
    Meta,
    Platform,
    Cpu,
    Network,
}
