using System.Net.Http.Headers;
using System.Text.Json;
using Google.Protobuf;
using OpenTelemetry.Proto.Trace.V1;
using Rotel.TestKit.Certificates;

namespace Rotel.Agent.Tests.Logging;

/// <summary>Where the messages of <c>rotel start</c> go, and how they look there.</summary>
public sealed class LogOptionsTests : IDisposable
{
    private static readonly string[] Blackhole =
        ["start", "--exporter=blackhole", "--otlp-grpc-endpoint=127.0.0.1:0", "--otlp-http-endpoint=127.0.0.1:0", "--debug-log=traces"];

    private readonly TestFiles _files = new();
    private readonly HttpClient _client = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("text")]
    [InlineData("json")]
    public async Task StandardError_SpeaksTheFormat(string format)
    {
        using var rotel = new RotelProcess([.. Blackhole, $"--log-format={format}"]);
        var port = await rotel.ReadyAsync();
        await SendAsync(port, 1);
        Assert.Equal(0, await rotel.EndAsync(RotelProcess.Sigterm));

        var lines = (await rotel.Error.ReadToEndAsync(Cancellation)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (format == "text")
        {
            Assert.Contains(
                lines,
                line => line.EndsWith("Z info  Rotel.Debug[3001] Received traces: 1 resources, 1 spans", StringComparison.Ordinal));
        }
        else
        {
            Assert.Contains(
                lines.Select(Read),
                line => line.GetProperty("event_id").GetInt32() == 3001 && line.GetProperty("values").GetProperty("Items").GetInt32() == 1);
        }

        Assert.Equal("", await rotel.Output.ReadToEndAsync(Cancellation));
    }

    [Fact]
    public async Task Level_LeavesOutWhatIsLessSevere()
    {
        using var rotel = new RotelProcess([.. Blackhole, "--log-level=error"]);
        await SendAsync(await rotel.ReadyAsync(), 1);
        Assert.Equal(0, await rotel.EndAsync(RotelProcess.Sigterm));

        Assert.Equal("", await rotel.Error.ReadToEndAsync(Cancellation));
    }

    /// <summary>Two processes, each with several requests at once: every line is whole, and none is missing.</summary>
    [Fact]
    public async Task Processes_ThatShareAFile_WriteWholeLines()
    {
        const int requests = 200;
        var path = _files.PathOf("rotel.log");
        string[] flags = [.. Blackhole, $"--log-file={path}", "--log-format=json", "--debug-log-verbosity=detailed"];
        using var one = new RotelProcess(flags);
        using var other = new RotelProcess(flags);
        int[] ports = [await one.ReadyAsync(), await other.ReadyAsync()];

        await Task.WhenAll(Enumerable.Range(0, requests).Select(number => SendAsync(ports[number % 2], 20)));
        Assert.Equal(0, await one.EndAsync(RotelProcess.Sigterm));
        Assert.Equal(0, await other.EndAsync(RotelProcess.Sigterm));

        var lines = (await File.ReadAllTextAsync(path, Cancellation)).Split('\n');
        Assert.Equal("", lines[^1]);
        Assert.Equal(requests, lines[..^1].Select(Read).Count(line => line.GetProperty("category").GetString() == "Rotel.Debug"));
        Assert.Equal("", await one.Error.ReadToEndAsync(Cancellation) + await other.Error.ReadToEndAsync(Cancellation));
    }

    [Fact]
    public async Task File_ThatCannotBeWritten_KeepsRotelFromStarting()
    {
        var output = new StringWriter();
        var error = new StringWriter();

        Assert.Equal(1, await RotelCommand.RunAsync([.. Blackhole, "--log-file=/proc/rotel.log"], output, error));
        Assert.Contains("Rotel:LogFile (ROTEL_LOG_FILE): '/proc/rotel.log' cannot be opened", error.ToString(), StringComparison.Ordinal);
        Assert.Empty(output.ToString());
    }

    public void Dispose()
    {
        _client.Dispose();
        _files.Dispose();
    }

    private static JsonElement Read(string line)
    {
        using var document = JsonDocument.Parse(line);
        return document.RootElement.Clone();
    }

    private async Task SendAsync(int port, int spans)
    {
        var scope = new ScopeSpans();
        for (var i = 0; i < spans; i++)
        {
            scope.Spans.Add(new Span
            {
                TraceId = ByteString.CopyFrom(Guid.NewGuid().ToByteArray()),
                SpanId = ByteString.CopyFrom(Guid.NewGuid().ToByteArray(), 0, 8),
                Name = "one of many, with a name of some length",
            });
        }

        var body = new ByteArrayContent(new TracesData { ResourceSpans = { new ResourceSpans { ScopeSpans = { scope } } } }.ToByteArray());
        body.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
        using var response = await _client.PostAsync($"http://127.0.0.1:{port}/v1/traces", body, Cancellation);
        response.EnsureSuccessStatusCode();
    }
}
