using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Google.Protobuf;
using OpenTelemetry.Proto.Common.V1;
using OpenTelemetry.Proto.Logs.V1;
using Rotel.Otlp;
using Rotel.TestKit;
using Rotel.TestKit.Backends;

namespace Rotel.EndToEnd.Hostile;

/// <summary>
/// Senders that mean harm, against the <c>rotel</c> command with a small budget: each is refused or survived, the process grows by no more
/// than the budget and a fixed allowance, and everything that an ordinary sender sends meanwhile arrives.
/// </summary>
[Collection(ProcessWide.Name)]
public sealed class HostileTests
{
    private const long Budget = 32L << 20;
    private const int MaxBody = 8 << 20;

    /// <summary>
    /// What a process may grow by beside the budget: large blocks that the pool does not keep are garbage until the next full collection, and
    /// the server keeps a little for each connection. The bombs of one test would expand to 5 GiB.
    /// </summary>
    private const long Allowance = 128L << 20;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("gzip", "application/x-protobuf")]
    [InlineData("gzip", "application/json")]
    [InlineData("deflate", "application/x-protobuf")]
    [InlineData("zstd", "application/x-protobuf")]
    [InlineData("br", "application/json")]
    [InlineData("gzip, gzip", "application/x-protobuf")]
    [Proves("server.bombs")]
    public Task CompressionBomb_IsRefusedAsTooLarge(string encoding, string contentType) => SurviveAsync(async rotel =>
    {
        var bomb = CompressionBombs.Of(encoding, unpackedMiB: 256);
        using var client = new HttpClient();
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => PostAsync(client, rotel, bomb, contentType, encoding)));

        // Twenty at once may find no room to be looked at; whoever is looked at is refused for good.
        Assert.Contains(HttpStatusCode.RequestEntityTooLarge, answers);
        Assert.All(answers, answer => Assert.True(
            answer is HttpStatusCode.RequestEntityTooLarge or HttpStatusCode.ServiceUnavailable, answer.ToString()));
    });

    [Fact]
    public Task DepthBomb_InProtobuf_IsRefusedAsMalformed() => SurviveAsync(async rotel =>
    {
        using var client = new HttpClient();
        for (var i = 0; i < 20; i++)
            Assert.Equal(HttpStatusCode.BadRequest, await PostAsync(client, rotel, NestedValue(depth: 100_000), "application/x-protobuf"));
    });

    [Theory]
    [InlineData("[", "")]
    [InlineData("{\"a\":", "")]
    [InlineData("{\"resourceLogs\":[{\"resource\":{\"attributes\":[{\"value\":", "{\"arrayValue\":{\"values\":[")]
    public Task DepthBomb_InJson_IsRefusedAsMalformed(string opening, string repeated) => SurviveAsync(async rotel =>
    {
        var part = repeated.Length == 0 ? opening : repeated;
        var text = Encoding.UTF8.GetBytes(
            (repeated.Length == 0 ? "" : opening) + new StringBuilder(part.Length * 100_000).Insert(0, part, 100_000).ToString());
        using var client = new HttpClient();
        for (var i = 0; i < 20; i++)
            Assert.Equal(HttpStatusCode.BadRequest, await PostAsync(client, rotel, text, "application/json"));
    });

    [Theory]
    [InlineData("x-large: ", 10_000_000, 1)]
    [InlineData("x-many: 1\r\n", 0, 100_000)]
    public Task HeaderBomb_IsCutOff(string header, int length, int count) => SurviveAsync(async rotel =>
    {
        for (var i = 0; i < 5; i++)
        {
            using var socket = await ConnectAsync(rotel.Http);
            var headers = string.Concat(Enumerable.Repeat(header, count)) + new string('a', length);
            var answer = await SendAndReadAsync(socket, Encoding.ASCII.GetBytes($"POST /v1/traces HTTP/1.1\r\nhost: h\r\n{headers}\r\n\r\n"));

            // The server may cut the connection while the rest is still being sent.
            Assert.True(answer.Length == 0 || answer.StartsWith("HTTP/1.1 431", StringComparison.Ordinal), answer);
        }
    });

    [Fact]
    public Task SlowBodies_ThatPromiseMuch_DoNotTakeTheBudget() => SurviveAsync(async (rotel, traffic) =>
    {
        var sockets = new List<Socket>();
        try
        {
            for (var i = 0; i < 200; i++)
            {
                var promise = MaxBody >> (i % 4);
                sockets.Add(await ConnectAsync(rotel.Http));
                await sockets[^1].SendAsync(
                    Encoding.ASCII.GetBytes(
                        $"POST /v1/traces HTTP/1.1\r\nhost: h\r\ncontent-type: application/x-protobuf\r\ncontent-length: {promise}\r\n\r\n\n"),
                    Cancellation);
            }

            await traffic.FlowsAsync(requests: 200);
        }
        finally
        {
            sockets.ForEach(socket => socket.Dispose());
        }
    });

    [Fact]
    [Proves("server.http.keep_alive")]
    public Task TinyRequests_OnOneConnection_AreAllAnswered() => SurviveAsync(rotel => FloodAsync(rotel, requests: 100_000));

    [Fact]
    [Trait("Category", "Long")]
    public Task TinyRequests_AMillionOnOneConnection_AreAllAnswered() => SurviveAsync(rotel => FloodAsync(rotel, requests: 1_000_000));

    [Fact]
    public Task IdleConnections_AThousand_CostLittle() => SurviveAsync(async (rotel, traffic) =>
    {
        var preface = Encoding.ASCII.GetBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\u0004\0\0\0\0\0");
        var sockets = new List<Socket>();
        try
        {
            for (var i = 0; i < 1000; i++)
            {
                sockets.Add(await ConnectAsync(i % 2 == 0 ? rotel.Http : rotel.Grpc));
                if (i % 2 == 1)
                    await sockets[^1].SendAsync(preface, Cancellation);
            }

            await traffic.FlowsAsync(requests: 200);
        }
        finally
        {
            sockets.ForEach(socket => socket.Dispose());
        }
    });

    private static Task SurviveAsync(Func<RotelProcess, Task> attack) => SurviveAsync((rotel, _) => attack(rotel));

    private static async Task SurviveAsync(Func<RotelProcess, GoodTraffic, Task> attack)
    {
        await using var backend = await OtlpBackend.StartAsync(Cancellation);
        await using var rotel = await RotelProcess.StartAsync(new Dictionary<string, string>
        {
            ["ROTEL_EXPORTER"] = "otlp",
            ["ROTEL_OTLP_EXPORTER_ENDPOINT"] = backend.HttpEndpoint.ToString(),
            ["ROTEL_OTLP_EXPORTER_PROTOCOL"] = "http",
            ["ROTEL_BATCH_TIMEOUT"] = "20ms",
            ["ROTEL_MEMORY_LIMIT"] = $"{Budget}",
            ["ROTEL_OTLP_MAX_REQUEST_BODY_SIZE"] = $"{MaxBody}",
        });
        await using var traffic = await GoodTraffic.StartAsync(rotel);
        var before = rotel.Process.ResidentBytes;
        var peak = 0L;

        var attacking = attack(rotel, traffic);
        while (!attacking.IsCompleted)
        {
            await traffic.FlowsAsync(requests: 1);
            peak = Math.Max(peak, rotel.Process.ResidentBytes);
        }

        await attacking;
        await traffic.FlowsAsync(requests: 20);
        await traffic.StopAsync();
        rotel.Process.Terminate();

        Assert.Equal(0, await rotel.Process.ExitAsync());
        TestContext.Current.TestOutputHelper?.WriteLine($"resident {before >> 20} MiB before, {peak >> 20} MiB at most");
        Assert.True(peak - before < Budget + Allowance, $"resident {before >> 20} MiB before, {peak >> 20} MiB at most");
        Assert.Empty(traffic.Acknowledged.Except(backend.Items(OtlpSignal.Traces).Keys));
    }

    /// <summary>Empty requests, which are legal, one after the other without waiting for answers.</summary>
    private static async Task FloodAsync(RotelProcess rotel, int requests)
    {
        var request = Encoding.ASCII.GetBytes("POST /v1/traces HTTP/1.1\r\nhost: h\r\ncontent-type: application/x-protobuf\r\ncontent-length: 0\r\n\r\n");
        var thousand = Enumerable.Repeat(request, 1000).SelectMany(bytes => bytes).ToArray();
        using var socket = await ConnectAsync(rotel.Http);
        await using var stream = new NetworkStream(socket);
        using var reader = new StreamReader(stream, Encoding.ASCII);
        var reading = Task.Run(
            async () =>
            {
                var answers = 0;
                while (answers < requests && await reader.ReadLineAsync(Cancellation) is { } line)
                {
                    if (line.StartsWith("HTTP/1.1 200", StringComparison.Ordinal))
                        answers++;
                    else
                        Assert.False(line.StartsWith("HTTP/1.1", StringComparison.Ordinal), line);
                }

                return answers;
            },
            Cancellation);
        for (var sent = 0; sent < requests; sent += 1000)
            await stream.WriteAsync(thousand, Cancellation);
        Assert.Equal(requests, await reading);
    }

    private static async Task<HttpStatusCode> PostAsync(
        HttpClient client, RotelProcess rotel, byte[] body, string contentType, string? encoding = null)
    {
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue(contentType);
        if (encoding is not null)
            content.Headers.TryAddWithoutValidation("Content-Encoding", encoding);
        using var response = await client.PostAsync(new Uri(rotel.Http, "v1/logs"), content, Cancellation);
        Assert.Equal(contentType, response.Content.Headers.ContentType?.MediaType);
        return response.StatusCode;
    }

    private static byte[] NestedValue(int depth)
    {
        // From the inside out, so that every length is known; each level is an AnyValue that holds an ArrayValue.
        var value = new AnyValue { StringValue = "deep" }.ToByteArray();
        var levels = new Stack<byte[]>();
        var length = value.Length;
        for (var i = 0; i < depth; i++)
        {
            foreach (var tag in new byte[] { 0x0A, 0x2A })
            {
                var prefix = new byte[1 + CodedOutputStream.ComputeLengthSize(length)];
                prefix[0] = tag;
                var output = new CodedOutputStream(prefix);
                output.WriteRawTag(tag);
                output.WriteLength(length);
                output.Flush();
                levels.Push(prefix);
                length += prefix.Length;
            }
        }

        var nested = levels.SelectMany(prefix => prefix).Concat(value).ToArray();
        var record = new LogRecord { TimeUnixNano = 1 }.ToByteArray();
        record = [.. record, 0x2A, .. Length(nested.Length), .. nested];
        byte[] scope = [0x12, .. Length(record.Length), .. record];
        byte[] resource = [0x12, .. Length(scope.Length), .. scope];
        return [0x0A, .. Length(resource.Length), .. resource];
    }

    private static byte[] Length(int length)
    {
        var bytes = new byte[CodedOutputStream.ComputeLengthSize(length)];
        var output = new CodedOutputStream(bytes);
        output.WriteLength(length);
        output.Flush();
        return bytes;
    }

    private static async Task<Socket> ConnectAsync(Uri endpoint)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPEndPoint.Parse(endpoint.Authority), Cancellation);
        return socket;
    }

    /// <summary>What the server says before it closes or resets the connection.</summary>
    private static async Task<string> SendAndReadAsync(Socket socket, byte[] bytes)
    {
        var answer = new byte[1024];
        try
        {
            await socket.SendAsync(bytes, Cancellation);
        }
        catch (SocketException)
        {
            // Cut off while sending; an answer may still be there.
        }

        try
        {
            return Encoding.ASCII.GetString(answer, 0, await socket.ReceiveAsync(answer, Cancellation));
        }
        catch (SocketException)
        {
            return "";
        }
    }
}
