using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Rotel.Receivers.Server;

/// <summary>
/// An address to listen on: <c>localhost:4317</c>, <c>0.0.0.0:4317</c>, <c>[::1]:4317</c>, <c>*:4317</c>, <c>collector.local:4317</c>.
/// Port 0 is any free one.
/// </summary>
/// <param name="Host">As written, an IPv6 address without its brackets.</param>
/// <param name="Port">From 0 to 65535.</param>
internal sealed record ListenEndpoint(string Host, int Port)
{
    /// <summary>Both loopbacks must get one port, and the one that is free on the first may be taken on the second.</summary>
    private const int PortAttempts = 20;

    public const string Form = "host:port such as localhost:4317, 0.0.0.0:4317, [::1]:4317 or *:4317";

    /// <summary>Whether every address of the machine is meant.</summary>
    public bool IsAnyAddress => Host is "*" or "+";

    public bool IsLocalhost => Host.Equals("localhost", StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads an endpoint, or says what is wrong with it.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out ListenEndpoint? endpoint, [NotNullWhen(false)] out string? problem)
    {
        endpoint = null;
        var trimmed = text.Trim();
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

        endpoint = new ListenEndpoint(host, port);
        problem = null;
        return true;
    }

    /// <summary>
    /// Binds every address that the host means; all get the same port. The sockets are the caller's.
    /// </summary>
    /// <exception cref="SocketException">An address is taken, not this machine's, or not to be found.</exception>
    public async Task<IReadOnlyList<Socket>> BindAsync(CancellationToken cancellationToken)
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
