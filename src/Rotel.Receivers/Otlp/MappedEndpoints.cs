using Microsoft.AspNetCore.Builder;

namespace Rotel.Receivers.Otlp;

/// <summary>Several endpoints of an application's as one: what is said of them is said of each. Without any, it goes nowhere.</summary>
internal sealed class MappedEndpoints : IEndpointConventionBuilder
{
    private readonly List<IEndpointConventionBuilder> _endpoints = [];

    public void Add(IEndpointConventionBuilder endpoint) => _endpoints.Add(endpoint);

    public void Add(Action<EndpointBuilder> convention)
    {
        foreach (var endpoint in _endpoints)
            endpoint.Add(convention);
    }

    public void Finally(Action<EndpointBuilder> finallyConvention)
    {
        foreach (var endpoint in _endpoints)
            endpoint.Finally(finallyConvention);
    }
}
