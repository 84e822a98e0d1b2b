using System.Net;
using System.Net.Sockets;
using System.Runtime.Versioning;
using Grpc.Net.Client;
using OpenTelemetry.Proto.Collector.Trace.V1;
using Rotel.Otlp;
using Rotel.Receivers.Security;
using Rotel.TestKit;
using Rotel.TestKit.Telemetry;

namespace Rotel.Receivers.Server;

[UnsupportedOSPlatform("windows")]
public sealed class UnixSocketTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Request_OverSockets_Arrives()
    {
        await using var setup = Create();
        await setup.StartAsync();

        using var answer = await PostAsync(setup.Options.HttpEndpoint!);
        using var channel = GrpcChannel.ForAddress(
            "http://localhost", new GrpcChannelOptions { HttpHandler = HandlerTo(setup.Options.GrpcEndpoint!), DisposeHttpClient = true });
        await new TraceService.TraceServiceClient(channel).ExportAsync(new StandardLoad().Traces(), cancellationToken: Cancellation);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(StandardLoad.ItemsPerRequest, setup.Receiver.Grpc(OtlpSignal.Traces).Accepted);
        Assert.Equal(setup.Files.PathOf("grpc.sock"), Assert.IsType<UnixDomainSocketEndPoint>(setup.Receiver.Receiver.GrpcEndpoints[0]).ToString());
        Assert.Contains(
            setup.Log.Lines, line => line.EventId == 2001 && line.Message.Contains(setup.Files.PathOf("http.sock"), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite, true)]
    [InlineData(UnixFileMode.UserRead | UnixFileMode.UserWrite, false)]
    public async Task Start_SetsTheMode_AndStopRemovesTheFile(UnixFileMode mode, bool isDefault)
    {
        var setup = Create();
        if (!isDefault)
            setup.Options.UnixSocketMode = mode;
        await setup.StartAsync();

        Assert.Equal(mode, File.GetUnixFileMode(setup.Files.PathOf("grpc.sock")));
        Assert.Equal(mode, File.GetUnixFileMode(setup.Files.PathOf("http.sock")));
        await setup.Receiver.Receiver.StopAsync(setup.Receiver.In(TimeSpan.FromSeconds(5)), Cancellation);

        Assert.Empty(Directory.GetFiles(setup.Files.Directory, "*.sock"));
        await setup.DisposeAsync();
    }

    [Fact]
    public async Task Bind_SetsTheModeBeforeAnybodyCanConnect()
    {
        await using var setup = Create();
        Assert.True(ListenEndpoint.TryParse(setup.Options.HttpEndpoint!, out var endpoint, out _));

        using var bound = Assert.Single(await endpoint.BindAsync(UnixFileMode.UserWrite, Cancellation));

        Assert.Equal(UnixFileMode.UserWrite, File.GetUnixFileMode(setup.Files.PathOf("http.sock")));
        using var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        var error = await Assert.ThrowsAsync<SocketException>(
            () => client.ConnectAsync(new UnixDomainSocketEndPoint(setup.Files.PathOf("http.sock")), Cancellation).AsTask());
        Assert.Equal(SocketError.ConnectionRefused, error.SocketErrorCode);
    }

    [Fact]
    public async Task Start_SocketOfADeadProcess_IsReplaced()
    {
        await using var setup = Create();
        var path = setup.Files.PathOf("http.sock");
        Leave(path);

        await setup.StartAsync();

        using var answer = await PostAsync(setup.Options.HttpEndpoint!);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }

    [Fact]
    public async Task Start_SocketThatSomebodyListensOn_IsLeftAlone()
    {
        await using var setup = Create();
        var path = setup.Files.PathOf("http.sock");
        using var other = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        other.Bind(new UnixDomainSocketEndPoint(path));
        other.Listen();

        var error = await Assert.ThrowsAsync<IOException>(() => setup.StartAsync());

        Assert.Contains("otlp_http_endpoint (ROTEL_OTLP_HTTP_ENDPOINT): cannot listen on unix:", error.Message, StringComparison.Ordinal);
        Assert.True(File.Exists(path));
        Assert.False(File.Exists(setup.Files.PathOf("grpc.sock")));
    }

    /// <summary>Connecting to it blocks for as long as its owner hangs, and so would the start.</summary>
    [Fact]
    public async Task Start_SocketWhoseOwnerHangs_IsLeftAloneAtOnce()
    {
        await using var setup = Create();
        var endpoint = new UnixDomainSocketEndPoint(setup.Files.PathOf("http.sock"));
        using var other = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        other.Bind(endpoint);
        other.Listen(backlog: 1);
        var waiting = new List<Socket>();
        try
        {
            SocketException? full = null;
            while (full is null)
            {
                Assert.InRange(waiting.Count, 0, 1000);
                waiting.Add(new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { Blocking = false });
                full = (SocketException?)Record.Exception(() => waiting[^1].Connect(endpoint));
            }

            await Assert.ThrowsAsync<IOException>(
                () => Watchdog.WaitAsync(Task.Run(() => setup.StartAsync(), Cancellation), "the start", Cancellation));
        }
        finally
        {
            waiting.ForEach(socket => socket.Dispose());
        }
    }

    [Theory]
    [InlineData("file")]
    [InlineData("empty file")]
    [InlineData("directory")]
    [InlineData("link")]
    public async Task Start_SomethingElseAtThePath_IsLeftAlone(string what)
    {
        await using var setup = Create();
        var path = setup.Files.PathOf("http.sock");
        var other = setup.Files.PathOf("other");
        if (what == "directory")
            Directory.CreateDirectory(path);
        else if (what == "link")
            File.CreateSymbolicLink(path, other);
        else
            await File.WriteAllTextAsync(path, what == "file" ? "precious" : "", Cancellation);
        if (what == "link")
            Leave(other);

        await Assert.ThrowsAsync<IOException>(() => setup.StartAsync());

        Assert.True(File.Exists(path) || Directory.Exists(path));
        Assert.False(File.Exists(setup.Files.PathOf("grpc.sock")));
    }

    [Theory]
    [InlineData("unix:/run/rotel/otlp.sock", "/run/rotel/otlp.sock")]
    [InlineData(" unix:///run/rotel/otlp.sock", "/run/rotel/otlp.sock")]
    public void TryParse_Path_IsRead(string text, string path)
    {
        Assert.True(ListenEndpoint.TryParse(text, out var endpoint, out _));
        Assert.Equal(new UnixListenEndpoint(path), endpoint);
        Assert.Equal($"unix:{path}", endpoint.ToString());
        Assert.True(endpoint.IsLocal);
    }

    [Theory]
    [InlineData("unix:", "absolute path")]
    [InlineData("unix:otlp.sock", "absolute path")]
    [InlineData("unix://host/otlp.sock", "absolute path")]
    [InlineData("unix:/run/", "absolute path")]
    [InlineData("unix:/0123456789/0123456789/0123456789/0123456789/0123456789/0123456789/0123456789/0123456789/0123456789/0123456789", "too long")]
    public void TryParse_SomethingElse_SaysWhatIsWrong(string text, string expected)
    {
        Assert.False(ListenEndpoint.TryParse(text, out _, out var problem));
        Assert.Contains(expected, problem, StringComparison.Ordinal);
    }

    private static SecuredSetup Create()
    {
        var setup = new SecuredSetup();
        setup.Options.GrpcEndpoint = $"unix:{setup.Files.PathOf("grpc.sock")}";
        setup.Options.HttpEndpoint = $"unix:{setup.Files.PathOf("http.sock")}";
        return setup;
    }

    /// <summary>Closes a socket as the end of a process does: its file stays.</summary>
    private static void Leave(string path)
    {
        var elsewhere = path + ".moved";
        using (var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified))
        {
            socket.Bind(new UnixDomainSocketEndPoint(path));
            socket.Listen();
            File.Move(path, elsewhere);
        }

        File.Move(elsewhere, path);
    }

    private static async Task<HttpResponseMessage> PostAsync(string endpoint)
    {
        using var client = new HttpClient(HandlerTo(endpoint));
        using var content = new ByteArrayContent(new StandardLoad().Encode(OtlpSignal.Traces));
        content.Headers.ContentType = new("application/x-protobuf");
        return await client.PostAsync(new Uri("http://localhost/v1/traces"), content, Cancellation);
    }

    private static SocketsHttpHandler HandlerTo(string endpoint) => new()
    {
        ConnectCallback = async (_, cancellation) =>
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(endpoint["unix:".Length..]), cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        },
    };
}
