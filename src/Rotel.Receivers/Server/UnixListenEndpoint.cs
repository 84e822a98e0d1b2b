using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using System.Runtime.Versioning;

namespace Rotel.Receivers.Server;

/// <summary>
/// A socket of the file system to listen on: <c>unix:/run/rotel/otlp.sock</c>. Its file goes when the socket is closed; .NET sees to that.
/// </summary>
/// <param name="Path">Absolute.</param>
internal sealed record UnixListenEndpoint(string Path) : ListenEndpoint
{
    public const string Prefix = "unix:";

    /// <summary>The <c>ENXIO</c> of open(2): what is there is a socket. The same number on Linux, macOS and the BSDs.</summary>
    private const int NoSuchDeviceOrAddress = 6;

    public override bool IsLocal => true;

    /// <summary>Reads <c>unix:/path</c> or, as gRPC writes it too, <c>unix:///path</c>.</summary>
    public static bool TryParse(
        string trimmed, [NotNullWhen(true)] out UnixListenEndpoint? endpoint, [NotNullWhen(false)] out string? problem)
    {
        endpoint = null;
        var path = trimmed[Prefix.Length..];
        if (path.StartsWith("//", StringComparison.Ordinal))
            path = path[2..];
        if (!System.IO.Path.IsPathFullyQualified(path) || System.IO.Path.EndsInDirectorySeparator(path))
        {
            problem = "expected unix: and the absolute path of a socket, such as unix:/run/rotel/otlp.sock";
            return false;
        }

        try
        {
            _ = new UnixDomainSocketEndPoint(path);
        }
        catch (ArgumentException)
        {
            problem = "the path of the socket is too long: the system takes about 100 bytes; choose a shorter one";
            return false;
        }

        endpoint = new UnixListenEndpoint(path);
        problem = null;
        return true;
    }

    /// <inheritdoc/>
    /// <remarks>
    /// The mode is set between binding and listening: until then nobody can connect, so whatever mode the process's mask left in between
    /// lets nobody in.
    /// </remarks>
    public override Task<IReadOnlyList<Socket>> BindAsync(UnixFileMode socketMode, CancellationToken cancellationToken)
    {
        RemoveStale();
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Bind(new UnixDomainSocketEndPoint(Path));
            if (!OperatingSystem.IsWindows())
                File.SetUnixFileMode(Path, socketMode);
            return Task.FromResult<IReadOnlyList<Socket>>([socket]);
        }
        catch (UnauthorizedAccessException exception)
        {
            socket.Dispose();
            throw new IOException(exception.Message.TrimEnd('.'), exception);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public override string ToString() => Prefix + Path;

    /// <summary>
    /// Removes the socket that a process left behind when it died. Only that: what is no socket, is a link, belongs to another user or has
    /// somebody who listens stays, and binding fails for it.
    /// </summary>
    private void RemoveStale()
    {
        var file = new FileInfo(Path);
        if (!file.Exists || file.LinkTarget is not null || OperatingSystem.IsWindows() || !IsSocket() || !IsOurs() || HasListener())
            return;
        file.Delete();
    }

    /// <summary>A socket cannot be opened as a file. Opening to read and write does not wait for the other end where it is a pipe.</summary>
    private bool IsSocket()
    {
        try
        {
            using var file = new FileStream(Path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
            return false;
        }
        catch (IOException exception) when (exception.HResult == NoSuchDeviceOrAddress)
        {
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return false;
        }
    }

    /// <summary>Only its owner, or the superuser, may set the mode of a file, even to what it is.</summary>
    [UnsupportedOSPlatform("windows")]
    private bool IsOurs()
    {
        try
        {
            File.SetUnixFileMode(Path, File.GetUnixFileMode(Path));
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Does not wait where so many wait to be let in already that one more would have to.</summary>
    private bool HasListener()
    {
        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { Blocking = false };
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(Path));
            return true;
        }
        catch (SocketException exception)
        {
            return exception.SocketErrorCode != SocketError.ConnectionRefused;
        }
    }
}
