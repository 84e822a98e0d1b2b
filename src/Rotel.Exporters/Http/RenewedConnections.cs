namespace Rotel.Exporters.Http;

/// <summary>
/// Connections that all show the newest client certificate: when it has changed, the next request opens new ones. Requests under way keep
/// theirs, and the old ones close when the last of those is answered.
/// </summary>
/// <param name="identity">What the connections depend on now; compared by reference.</param>
/// <param name="connect">Makes connections for it.</param>
internal sealed class RenewedConnections(Func<object?> identity, Func<object?, HttpMessageHandler> connect) : HttpMessageHandler
{
    private readonly Lock _lock = new();
    private Generation? _current;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var generation = Enter(identity());
        try
        {
            return await generation.Invoker.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            Leave(generation);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && _current is { } last)
        {
            _current = null;
            last.Invoker.Dispose();
        }

        base.Dispose(disposing);
    }

    private Generation Enter(object? key)
    {
        Generation? old = null;
        Generation entered;
        lock (_lock)
        {
            if (_current is null || !ReferenceEquals(_current.Key, key))
            {
                old = _current;
                _current = new Generation(key, new HttpMessageInvoker(connect(key)));
            }

            entered = _current;
            entered.Users++;
        }

        if (old is not null)
            Leave(old);
        return entered;
    }

    /// <summary>Disposing a handler closes what is idle; what still carries an answer closes after it.</summary>
    private void Leave(Generation generation)
    {
        lock (_lock)
        {
            if (--generation.Users > 0)
                return;
        }

        generation.Invoker.Dispose();
    }

    /// <param name="key">The identity it was made for.</param>
    /// <param name="invoker">Its connections.</param>
    private sealed class Generation(object? key, HttpMessageInvoker invoker)
    {
        public object? Key { get; } = key;

        public HttpMessageInvoker Invoker { get; } = invoker;

        /// <summary>Requests that have no answer yet, and one more while it is the current one.</summary>
        public int Users { get; set; } = 1;
    }
}
