using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;
using Rotel.Otlp;
using Rotel.Pipelines;
using Rotel.TestKit;
using Rotel.TestKit.Telemetry;

namespace Rotel.Receivers.Otlp;

/// <summary>What requests that go wrong leave in the host's log.</summary>
public sealed class OtlpApplicationTests : IDisposable
{
    private readonly LogRecorder _log = new();
    private readonly ILoggerFactory _loggers;

    public OtlpApplicationTests() => _loggers = LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(_log));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _loggers.Dispose();

    [Fact]
    public async Task Request_ThatMeetsADefect_Is500AndToldOncePerInterval()
    {
        await using var setup = await ReceiverSetup.StartAsync(logs: _loggers, processors: [new DefectiveProcessor()]);

        for (var i = 0; i < 3; i++)
        {
            using var answer = await OtlpExchange.SendAsync(setup, new StandardLoad().Encode(OtlpSignal.Traces));
            Assert.Equal(500, (int)answer.StatusCode);
            Assert.Equal(13, (await OtlpExchange.StatusAsync(answer, OtlpExchange.Protobuf)).Code);
        }

        var line = Assert.Single(_log.Lines, line => line.Level >= LogLevel.Warning);
        Assert.Equal(2004, line.EventId);
        Assert.Contains(nameof(DefectiveProcessor), line.Exception, StringComparison.Ordinal);
        await setup.NothingHeldAsync();
    }

    /// <summary>The server has a line of its own for each body that nobody read.</summary>
    [Fact]
    public async Task Request_RefusedUnread_LeavesNoLineOfTheServersAboveDebug()
    {
        var options = ReceiverSetup.AnyPorts();
        options.MaxRequestBodySize = 1000;
        await using var setup = await ReceiverSetup.StartAsync(options, logs: _loggers);

        using var client = new TcpClient();
        await client.ConnectAsync(setup.HttpEndpoint, Cancellation);
        var stream = client.GetStream();
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes("POST /v1/traces HTTP/1.1\r\nHost: rotel\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n"),
            Cancellation);

        // The body comes after the answer.
        var answer = new byte[100];
        await Watchdog.WaitAsync(stream.ReadExactlyAsync(answer, Cancellation).AsTask(), "an answer", Cancellation);
        Assert.StartsWith("HTTP/1.1 413", Encoding.ASCII.GetString(answer), StringComparison.Ordinal);
        await stream.WriteAsync(new byte[100_000], Cancellation);

        const int NotEntirelyRead = 32;
        await _log.UntilAsync(line => line.EventId == NotEntirelyRead, "the server's line about the body", Cancellation);
        Assert.DoesNotContain(
            _log.Lines, line => line.Category.StartsWith("Rotel.Server", StringComparison.Ordinal) && line.Level > LogLevel.Debug);
    }

    private sealed class DefectiveProcessor : IPayloadProcessor
    {
        public OtlpPayload Process(OtlpPayload payload) => throw new InvalidOperationException("a defect");
    }
}
