using System.Net;
using System.Net.Sockets;

namespace Rotel.TestKit.Backends;

/// <summary>
/// Keeps a port from being given to anybody else while its backend is away: bound but not listening, so that connections are refused as by
/// a machine without the service. Without it another test's server can get the port and take what is meant for the backend.
/// </summary>
public sealed class HeldPort : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);

    /// <param name="port">0 for any that is free.</param>
    public HeldPort(int port = 0)
    {
        _socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
    }

    public int Port => ((IPEndPoint)_socket.LocalEndPoint!).Port;

    public void Dispose() => _socket.Dispose();
}
