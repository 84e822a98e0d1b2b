using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Rotel.EndToEnd.Datadog;

/// <summary>
/// As much of PostgreSQL's protocol (https://www.postgresql.org/docs/current/protocol.html) as a real client needs to believe that it asked a
/// database: every connection is let in, and every statement succeeds without rows.
/// </summary>
internal sealed class ScriptedPostgres : IAsyncDisposable
{
    private const int SslRequest = 80877103;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _accepting;

    public ScriptedPostgres()
    {
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public string ConnectionString =>
        $"Host=127.0.0.1;Port={((IPEndPoint)_listener.LocalEndpoint).Port};Database=shop;Username=anna;Password=x;"
        + "SSL Mode=Disable;GSS Encryption Mode=Disable;Server Compatibility Mode=NoTypeLoading;Pooling=false";

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Stop();
        await _accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
            _ = ServeAsync(await _listener.AcceptTcpClientAsync(_stopping.Token));
    }

    private async Task ServeAsync(TcpClient client)
    {
        using var _ = client;
        client.NoDelay = true;
        var stream = client.GetStream();
        try
        {
            while (BinaryPrimitives.ReadInt32BigEndian(await ReadMessageAsync(stream)) == SslRequest)
                await stream.WriteAsync("N"u8.ToArray(), _stopping.Token);
            await WriteAsync(
                stream, Message('R', [0, 0, 0, 0]), Parameter("server_version", "17.0"), Parameter("client_encoding", "UTF8"),
                Parameter("standard_conforming_strings", "on"), Parameter("TimeZone", "UTC"), Message('K', new byte[8]), Ready);

            var type = new byte[1];
            while (await stream.ReadAtLeastAsync(type, 1, throwOnEndOfStream: false, _stopping.Token) == 1)
            {
                await ReadMessageAsync(stream);
                byte[][]? answer = type[0] switch
                {
                    (byte)'P' => [Message('1', [])],
                    (byte)'B' => [Message('2', [])],
                    (byte)'D' => [Message('n', [])],
                    (byte)'E' => [Message('C', "SELECT 0\0"u8)],
                    (byte)'Q' => [Message('C', "SELECT 0\0"u8), Ready],
                    (byte)'S' => [Ready],
                    (byte)'X' => null,
                    _ => [],
                };
                if (answer is null)
                    return;
                await WriteAsync(stream, answer);
            }
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException)
        {
            // The client or the test is over.
        }
    }

    private static byte[] Ready => Message('Z', "I"u8);

    private static byte[] Parameter(string name, string value) => Message('S', Encoding.ASCII.GetBytes($"{name}\0{value}\0"));

    private static byte[] Message(char type, ReadOnlySpan<byte> content)
    {
        var message = new byte[5 + content.Length];
        message[0] = (byte)type;
        BinaryPrimitives.WriteInt32BigEndian(message.AsSpan(1), 4 + content.Length);
        content.CopyTo(message.AsSpan(5));
        return message;
    }

    /// <summary>The content of a message behind its length.</summary>
    private async Task<byte[]> ReadMessageAsync(Stream stream)
    {
        var length = new byte[4];
        await stream.ReadExactlyAsync(length, _stopping.Token);
        var content = new byte[BinaryPrimitives.ReadInt32BigEndian(length) - 4];
        await stream.ReadExactlyAsync(content, _stopping.Token);
        return content;
    }

    private async Task WriteAsync(Stream stream, params byte[][] messages) =>
        await stream.WriteAsync(messages.SelectMany(message => message).ToArray(), _stopping.Token);
}
