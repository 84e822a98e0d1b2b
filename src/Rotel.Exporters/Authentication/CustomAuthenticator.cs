namespace Rotel.Exporters.Authentication;

/// <summary>Credentials that the application's own code adds.</summary>
internal sealed class CustomAuthenticator(Func<OutgoingRequest, CancellationToken, ValueTask> authenticate) : RequestAuthenticator
{
    public override async ValueTask<string?> AuthenticateAsync(HttpRequestMessage request, CancellationToken attempt)
    {
        try
        {
            return await ForeignCode.CallAsync(
                async end =>
                {
                    await authenticate(new OutgoingRequest(request), end).ConfigureAwait(false);
                    return (string?)null;
                },
                attempt).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            attempt.ThrowIfCancellationRequested();

            // Somebody else's code; its text may hold what it was working with.
            return $"the application's authentication failed with {exception.GetType().Name}";
        }
    }
}
