namespace Rotel.Exporters.Authentication;

/// <summary>
/// Adds credentials to the request of each attempt: every exporter that speaks HTTP calls it last, when the request is otherwise whole.
/// Called concurrently.
/// </summary>
internal abstract class RequestAuthenticator : IDisposable
{
    /// <summary>
    /// Adds credentials, which may have to be fetched first. Returns null, or why there are none, without secrets: then the attempt is
    /// over and is repeated. Throws only for the end of the attempt.
    /// </summary>
    public abstract ValueTask<string?> AuthenticateAsync(HttpRequestMessage request, CancellationToken attempt);

    /// <summary>
    /// The destination does not accept the credentials of <paramref name="request"/>. True when others can be had, so that the attempt is
    /// worth making once more at once.
    /// </summary>
    public virtual bool Renew(HttpRequestMessage request) => false;

    public virtual void Dispose()
    {
    }
}
