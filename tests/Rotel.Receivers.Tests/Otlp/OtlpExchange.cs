using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Rotel.TestKit;
using RetryInfo = Google.Rpc.RetryInfo;
using RpcStatus = Google.Rpc.Status;

namespace Rotel.Receivers.Otlp;

/// <summary>One OTLP/HTTP request and what came back, by a client that nobody here wrote.</summary>
internal static class OtlpExchange
{
    public const string Protobuf = "application/x-protobuf";
    public const string Json = "application/json";

    private static readonly HttpClient Client = new();

    private static readonly JsonParser StatusParser =
        new(JsonParser.Settings.Default.WithTypeRegistry(TypeRegistry.FromMessages(RetryInfo.Descriptor)));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<HttpResponseMessage> SendAsync(
        ReceiverSetup setup,
        byte[]? body,
        string? contentType = Protobuf,
        string? encoding = null,
        string path = "/v1/traces",
        string method = "POST",
        Action<HttpRequestMessage>? configure = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(setup.HttpUri, path));
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body);
            if (contentType is not null)
                request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
            if (encoding is not null)
                request.Content.Headers.TryAddWithoutValidation("Content-Encoding", encoding);
        }

        configure?.Invoke(request);
        return await Watchdog.WaitAsync(Client.SendAsync(request, Cancellation), "an answer", Cancellation);
    }

    /// <summary>Sends a request as it is written, in UTF-8, and reads to the end of the connection.</summary>
    public static async Task<string> SendRawAsync(ReceiverSetup setup, string request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(setup.HttpEndpoint, Cancellation);
        await client.GetStream().WriteAsync(Encoding.UTF8.GetBytes(request), Cancellation);
        using var answer = new StreamReader(client.GetStream(), Encoding.Latin1);
        return await Watchdog.WaitAsync(answer.ReadToEndAsync(Cancellation), "an answer", Cancellation);
    }

    /// <summary>Reads a failure's body in the encoding it says it is in, which must be the expected one.</summary>
    public static async Task<RpcStatus> StatusAsync(HttpResponseMessage answer, string expectedType)
    {
        Assert.Equal(expectedType, answer.Content.Headers.ContentType?.ToString());
        var status = expectedType == Json
            ? StatusParser.Parse<RpcStatus>(await answer.Content.ReadAsStringAsync(Cancellation))
            : RpcStatus.Parser.ParseFrom(await answer.Content.ReadAsByteArrayAsync(Cancellation));
        Assert.NotEmpty(status.Message);
        return status;
    }

    /// <summary>Reads a success's body as Google.Protobuf does.</summary>
    public static async Task<T> ReadAsync<T>(HttpResponseMessage answer, string expectedType)
        where T : IMessage<T>, new()
    {
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(expectedType, answer.Content.Headers.ContentType?.ToString());
        var read = new T();
        if (expectedType == Json)
            return (T)JsonParser.Default.Parse(await answer.Content.ReadAsStringAsync(Cancellation), read.Descriptor);
        read.MergeFrom(await answer.Content.ReadAsByteArrayAsync(Cancellation));
        return read;
    }
}
