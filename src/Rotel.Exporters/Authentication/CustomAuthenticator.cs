namespace Rotel.Exporters.Authentication;

/// <summary>Credentials that the application's own code adds.</summary>
internal sealed class CustomAuthenticator(Func<OutgoingRequest, CancellationToken, ValueTask> authenticate) : RequestAuthenticator
{
    public override async ValueTask<string?> AuthenticateAsync(HttpRequestMessage request, CancellationToken attempt)
    {
        try
        {
            // Code that does not heed the token must not hold the attempt for longer than it may take.
            await authenticate(new OutgoingRequest(request), attempt).AsTask().WaitAsync(attempt).ConfigureAwait(false);
            return null;
        }
        catch (Exception exception)
        {
            attempt.ThrowIfCancellationRequested();

            // Somebody else's code; its text may hold what it was working with.
            return $"the application's authentication failed with {exception.GetType().Name}";
        }
    }
}
