namespace Rotel.Exporters.Authentication;

/// <summary>A request that is about to be sent, as far as code that authenticates it is concerned. Valid during the call.</summary>
public sealed class OutgoingRequest
{
    private readonly HttpRequestMessage _request;

    internal OutgoingRequest(HttpRequestMessage request) => _request = request;

    /// <summary>Gets where it goes.</summary>
    public Uri Url => _request.RequestUri!;

    /// <summary>Sets a header (over gRPC: metadata), in place of one of that name. Its value is never logged.</summary>
    /// <param name="name">Such as <c>authorization</c>; not a header that describes the body.</param>
    /// <param name="value">Visible ASCII.</param>
    /// <exception cref="ArgumentException">Such a header cannot be sent.</exception>
    public void SetHeader(string name, string value)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(value);
        if (Http.RequestHeaders.Problem(name, value) is { } problem)
            throw new ArgumentException(problem);
        Http.RequestHeaders.Set(_request, name, value);
    }
}
