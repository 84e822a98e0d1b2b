namespace Rotel.Pipelines;

internal static class ConnectionRefusals
{
    public const int Count = (int)ConnectionRefusal.NotTls + 1;

    /// <summary>The reason as metrics and logs write it.</summary>
    public static string Name(this ConnectionRefusal reason) => reason switch
    {
        ConnectionRefusal.TooManyConnections => "too_many_connections",
        ConnectionRefusal.ClientCertificate => "client_certificate",
        ConnectionRefusal.Handshake => "handshake",
        _ => "not_tls",
    };
}
