using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Rotel.TestKit;

namespace Rotel.Receivers.Sharing;

/// <summary>A connection to a shared endpoint, byte by byte, with proofs that are made here as the protocol is written down.</summary>
internal sealed class FollowerConnection : IDisposable
{
    private readonly TcpClient _client = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>48 bytes: a greeting and a nonce.</summary>
    public byte[] Hello { get; } = [.. "rotel-shared/1\r\n"u8, .. RandomNumberGenerator.GetBytes(32)];

    /// <summary>64 bytes: the holder's nonce and its proof.</summary>
    public byte[] Answer { get; } = new byte[64];

    public async Task ConnectAsync(SharedSetup setup) => await _client.ConnectAsync(IPAddress.Loopback, setup.Endpoint.Port, Cancellation);

    public async Task SendAsync(byte[] bytes) => await _client.GetStream().WriteAsync(bytes, Cancellation);

    /// <summary>Sends a hello and reads the holder's answer.</summary>
    public async Task GreetAsync(SharedSetup setup, byte[]? hello = null)
    {
        await ConnectAsync(setup);
        await SendAsync(hello ?? Hello);
        await Watchdog.WaitAsync(_client.GetStream().ReadExactlyAsync(Answer, Cancellation).AsTask(), "the holder's proof", Cancellation);
    }

    public byte[] Proof(string who, byte[] token) =>
        HMACSHA256.HashData(token, (byte[])[.. Encoding.ASCII.GetBytes(who), .. Hello[16..], .. Answer[..32]]);

    /// <summary>Reads to the end; a connection that was reset has ended too.</summary>
    public async Task<string> ReadToEndAsync()
    {
        using var answer = new MemoryStream();
        try
        {
            await Watchdog.WaitAsync(_client.GetStream().CopyToAsync(answer, Cancellation), "the end of the connection", Cancellation);
        }
        catch (IOException)
        {
            // The other end had not read all that was sent.
        }

        return Encoding.Latin1.GetString(answer.ToArray());
    }

    public void Dispose() => _client.Dispose();
}
