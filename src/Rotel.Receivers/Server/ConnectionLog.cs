using System.Net;
using Microsoft.Extensions.Logging;
using Rotel.Diagnostics;
using Rotel.Pipelines;

namespace Rotel.Receivers.Server;

/// <summary>Counts and tells of the connections that one receiver refuses: one line per reason and interval.</summary>
internal sealed class ConnectionLog
{
    private readonly ILogger _logger;
    private readonly OncePerInterval[] _lines;

    public ConnectionLog(ConnectionLedger ledger, ILogger logger, TimeProvider time)
    {
        Ledger = ledger;
        _logger = logger;
        _lines = [.. Enumerable.Range(0, ConnectionRefusals.Count).Select(_ => new OncePerInterval(time))];
    }

    public ConnectionLedger Ledger { get; }

    /// <param name="reason">Why.</param>
    /// <param name="remote">From where; not known for sockets of the file system.</param>
    /// <param name="problem">What is known of it, without a secret.</param>
    public void Refused(ConnectionRefusal reason, EndPoint? remote, string problem)
    {
        Ledger.CountRefused(reason);
        if (!_lines[(int)reason].TryTake(out var connections))
            return;

        // A probe of the port is no reason to alarm anybody.
        var level = reason == ConnectionRefusal.NotTls ? LogLevel.Information : LogLevel.Warning;
        var name = reason.Name();
        var from = remote is IPEndPoint ip ? ip.ToString() : "a local socket";
        _logger.ConnectionsRefused(level, Ledger.Receiver, connections, name, from, problem);
    }
}
