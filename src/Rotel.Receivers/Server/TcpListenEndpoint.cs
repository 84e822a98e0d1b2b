using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Rotel.Receivers.Server;

/// <summary>
/// An address of the network to listen on: <c>localhost:4317</c>, <c>0.0.0.0:4317</c>, <c>[::1]:4317</c>, <c>*:4317</c>, <c>collector.local:4317</c>.
/// Port 0 is any free one.
/// </summary>
/// <param name="Host">As written, an IPv6 address without its brackets.</param>
/// <param name="Port">From 0 to 65535.</param>
internal sealed record TcpListenEndpoint(string Host, int Port) : ListenEndpoint
{
    /// <summary>Both loopbacks must get one port, and the one that is free on the first may be taken on the second.</summary>
    private const int PortAttempts = 20;

    public const string Form = "host:port such as localhost:4317, 0.0.0.0:4317, [::1]:4317 or *:4317, or unix:/path";

    /// <summary>Whether every address of the machine is meant.</summary>
    public bool IsAnyAddress => Host is "*" or "+";

    public bool IsLocalhost => Host.Equals("localhost", StringComparison.OrdinalIgnoreCase);

    public override bool IsLocal => IsLocalhost || (IPAddress.TryParse(Host, out var address) && IPAddress.IsLoopback(address));

    /// <summary>Reads trimmed text, or says what is wrong with it.</summary>
    public static bool TryParse(
        string trimmed, [NotNullWhen(true)] out TcpListenEndpoint? endpoint, [NotNullWhen(false)] out string? problem)
    {
        endpoint = null;
        if (trimmed.Contains("://", StringComparison.Ordinal))
        {
            problem = $"expected {Form}, without a scheme";
            return false;
        }

        var colon = trimmed.LastIndexOf(':');
        var host = colon < 0 ? trimmed : trimmed[..colon];
        if (colon < 0 || colon < trimmed.IndexOf(']', StringComparison.Ordinal))
        {
            problem = $"expected {Form}, found no port";
            return false;
        }

        if (!int.TryParse(trimmed.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port > IPEndPoint.MaxPort)
        {
            problem = $"expected {Form}, with a port from 0 to 65535";
            return false;
        }

        if (host.StartsWith('[') && host.EndsWith(']'))
        {
            host = host[1..^1];
            if (!IPAddress.TryParse(host, out var address) || address.AddressFamily != AddressFamily.InterNetworkV6)
            {
                problem = $"expected {Form}, found brackets around what is not an IPv6 address";
                return false;
            }
        }
        else if (host.Contains(':', StringComparison.Ordinal))
        {
            problem = $"expected {Form}; an IPv6 address goes in brackets";
            return false;
        }
        else if (host.Length == 0 || (host is not ("*" or "+") && Uri.CheckHostName(host) == UriHostNameType.Unknown))
        {
            problem = $"expected {Form}, found no host name or address before the port";
            return false;
        }

        endpoint = new TcpListenEndpoint(host, port);
        problem = null;
        return true;
    }

    /// <inheritdoc/>
    /// <remarks>All addresses that the host means get the same port.</remarks>
    public override async Task<IReadOnlyList<Socket>> BindAsync(UnixFileMode socketMode, CancellationToken cancellationToken)
    {
        var addresses = await ResolveAsync(cancellationToken).ConfigureAwait(false);
        for (var attempt = 1; ; attempt++)
        {
            var bound = new List<Socket>(addresses.Length);
            try
            {
                var port = Port;
                foreach (var address in addresses)
                {
                    bound.Add(Bind(address, port));
                    port = ((IPEndPoint)bound[^1].LocalEndPoint!).Port;
                }

                return bound;
            }
            catch (SocketException exception)
            {
                bound.ForEach(socket => socket.Dispose());
                if (Port == 0 && exception.SocketErrorCode == SocketError.AddressAlreadyInUse && attempt < PortAttempts)
                    continue;
                throw;
            }
        }
    }

    public override string ToString() => Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]:{Port}" : $"{Host}:{Port}";

    private async Task<IPAddress[]> ResolveAsync(CancellationToken cancellationToken)
    {
        if (IsAnyAddress)
            return [Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any];
        if (IsLocalhost)
            return HasIPv6Loopback() ? [IPAddress.Loopback, IPAddress.IPv6Loopback] : [IPAddress.Loopback];
        return IPAddress.TryParse(Host, out var address)
            ? [address]
            : await Dns.GetHostAddressesAsync(Host, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Containers often support IPv6 and yet have no address of it, not even the loopback.</summary>
    private static bool HasIPv6Loopback()
    {
        if (!Socket.OSSupportsIPv6)
            return false;
        try
        {
            Bind(IPAddress.IPv6Loopback, 0).Dispose();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static Socket Bind(IPAddress address, int port)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (address.Equals(IPAddress.IPv6Any))
                socket.DualMode = true;
            socket.Bind(new IPEndPoint(address, port));
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
