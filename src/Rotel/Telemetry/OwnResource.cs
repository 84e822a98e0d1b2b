using Rotel.Diagnostics;
using Rotel.Otlp.Fields;
using Rotel.Otlp.Wire;

namespace Rotel.Telemetry;

/// <summary>
/// The resource and the scope of Rotel's telemetry about itself: a service of its own beside the application, on the same host. What the
/// user sets on every resource is on this one too, but for what tells the service from others.
/// </summary>
internal sealed class OwnResource
{
    private const string HostName = "host.name";

    private readonly List<KeyValuePair<string, string>> _attributes;

    /// <param name="fromUser">What the user sets on every resource.</param>
    public OwnResource(IEnumerable<KeyValuePair<string, string>> fromUser)
    {
        _attributes =
        [
            new("service.name", "rotel"),
            new("service.instance.id", Guid.NewGuid().ToString()),
            new("service.version", OwnTelemetry.Version),
        ];
        _attributes.AddRange(fromUser.Where(attribute => !_attributes.Exists(own => own.Key == attribute.Key)).ToList());
        if (!_attributes.Exists(attribute => attribute.Key == HostName))
            _attributes.Add(new(HostName, Environment.MachineName));
    }

    /// <summary>Begins a request with one resource and one scope, whose items follow until <see cref="End"/>.</summary>
    public (int Resource, int Scope) Begin(MessageWriter writer)
    {
        var envelope = writer.Begin(CollectorFields.ExportRequest.Resources);
        var resource = writer.Begin(CollectorFields.ResourceEnvelope.Resource);
        foreach (var (name, value) in _attributes)
            writer.WriteAttribute(ResourceFields.Resource.Attributes, name, value);
        writer.WriteAttribute(ResourceFields.Resource.Attributes, "process.pid", Environment.ProcessId);
        writer.End(resource);

        var items = writer.Begin(CollectorFields.ResourceEnvelope.Scopes);
        var scope = writer.Begin(CollectorFields.ScopeEnvelope.Scope);
        writer.WriteText(CommonFields.InstrumentationScope.Name, OwnTelemetry.Name);
        writer.WriteText(CommonFields.InstrumentationScope.Version, OwnTelemetry.Version);
        writer.End(scope);
        return (envelope, items);
    }

    public static void End(MessageWriter writer, (int Resource, int Scope) begun)
    {
        writer.End(begun.Scope);
        writer.End(begun.Resource);
    }
}
