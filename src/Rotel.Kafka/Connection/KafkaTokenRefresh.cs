using Confluent.Kafka;

namespace Rotel.Kafka.Connection;

/// <summary>
/// Brings the application's tokens to one client when it asks for them. To be disposed before the client, which is never touched after
/// that.
/// </summary>
internal sealed class KafkaTokenRefresh(Func<CancellationToken, Task<KafkaOAuthToken>> source, KafkaClientLog log) : IDisposable
{
    private readonly Lock _lock = new();

    // Never disposed: the application's code may still look at its token.
    private readonly CancellationTokenSource _end = new();
    private bool _ended;

    /// <summary>librdkafka's callback. It runs where results come from, so the application's code does not.</summary>
    public void OnRefresh(IClient client) => _ = Task.Run(() => RefreshAsync(client));

    public void Dispose()
    {
        lock (_lock)
            _ended = true;
        _ = _end.CancelAsync();
    }

    private async Task RefreshAsync(IClient client)
    {
        try
        {
            var token = await source(_end.Token).ConfigureAwait(false);
            lock (_lock)
            {
                if (!_ended)
                {
                    client.OAuthBearerSetToken(
                        token.Value, token.ExpiresAt.ToUnixTimeMilliseconds(), token.Principal, token.Extensions.ToDictionary());
                }
            }
        }
        catch (Exception exception)
        {
            Fail(client, exception);
        }
    }

    private void Fail(IClient client, Exception exception)
    {
        lock (_lock)
        {
            if (_ended)
                return;
            log.OnTokenFailure(exception);
            try
            {
                // Asks for a call in 10 s.
                client.OAuthBearerSetTokenFailure("the application gave no token that can be used");
            }
            catch (Exception failure) when (failure is KafkaException or InvalidOperationException)
            {
                // The client does not take it: then it has no use for tokens.
            }
        }
    }
}
