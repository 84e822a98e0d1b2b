namespace Rotel.Exporters.Datadog.Hosts;

/// <summary>A field of a host's description.</summary>
/// <param name="Part">Where it is.</param>
/// <param name="Name">By Datadog's name.</param>
internal readonly record struct HostField(HostPart Part, string Name)
{
    public static HostField Meta(string name) => new(HostPart.Meta, name);

    public static HostField Platform(string name) => new(HostPart.Platform, name);

    public static HostField Cpu(string name) => new(HostPart.Cpu, name);

    public static HostField Network(string name) => new(HostPart.Network, name);
}
