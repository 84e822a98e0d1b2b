using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Rotel.Pipelines;

namespace Rotel.Receivers.Server;

/// <summary>
/// Bounds the open connections of one server, all its endpoints together: one too many is closed before anything is read of it. Kestrel's own
/// limit would do the same, but neither count nor bound its log lines.
/// </summary>
internal sealed class ConnectionLimit(int max)
{
    private int _open;

    /// <summary>Must be the first middleware of an endpoint.</summary>
    public void Use(ListenOptions listen, ConnectionLog log) => listen.Use(next => connection => RunAsync(next, connection, log));

    private async Task RunAsync(ConnectionDelegate next, ConnectionContext connection, ConnectionLog log)
    {
        if (Interlocked.Increment(ref _open) > max)
        {
            Interlocked.Decrement(ref _open);
            log.Refused(ConnectionRefusal.TooManyConnections, connection.RemoteEndPoint, $"{max} are open, which is the limit");
            connection.Abort();
            return;
        }

        try
        {
            await next(connection).ConfigureAwait(false);
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    }
}
