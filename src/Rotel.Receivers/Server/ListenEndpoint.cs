using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;

namespace Rotel.Receivers.Server;

/// <summary>An address to listen on: <c>host:port</c>, or <c>unix:/path</c> for a socket of the file system.</summary>
internal abstract record ListenEndpoint
{
    /// <summary>Whether only this machine can reach it.</summary>
    public abstract bool IsLocal { get; }

    /// <summary>Reads an endpoint, or says what is wrong with it.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out ListenEndpoint? endpoint, [NotNullWhen(false)] out string? problem)
    {
        var trimmed = text.Trim();
        if (trimmed.StartsWith(UnixListenEndpoint.Prefix, StringComparison.OrdinalIgnoreCase))
        {
            var isUnix = UnixListenEndpoint.TryParse(trimmed, out var unix, out problem);
            endpoint = unix;
            return isUnix;
        }

        var isTcp = TcpListenEndpoint.TryParse(trimmed, out var tcp, out problem);
        endpoint = tcp;
        return isTcp;
    }

    /// <summary>Binds every address that is meant, without listening yet. The sockets are the caller's.</summary>
    /// <param name="socketMode">Who may connect to a socket of the file system.</param>
    /// <param name="cancellationToken">Gives up a look-up.</param>
    /// <exception cref="SocketException">An address is taken, not this machine's, or not to be found.</exception>
    /// <exception cref="IOException">A socket of the file system cannot be made; the message says why.</exception>
    public abstract Task<IReadOnlyList<Socket>> BindAsync(UnixFileMode socketMode, CancellationToken cancellationToken);
}
