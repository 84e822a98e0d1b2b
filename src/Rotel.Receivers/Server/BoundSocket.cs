using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Rotel.Receivers.Server;

/// <summary>A socket that holds its address and does not listen yet. Kestrel takes it over when it starts.</summary>
/// <param name="Socket">Bound; owned by who bound it until the server starts.</param>
/// <param name="Configure">What Kestrel is to do with its connections.</param>
internal sealed record BoundSocket(Socket Socket, Action<ListenOptions> Configure)
{
    /// <summary>With the port that was really bound.</summary>
    public EndPoint EndPoint { get; } = Socket.LocalEndPoint!;
}
