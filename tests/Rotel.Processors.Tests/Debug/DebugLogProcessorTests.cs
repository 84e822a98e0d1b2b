using Microsoft.Extensions.Logging;
using Rotel.Memory;
using Rotel.Otlp;
using Rotel.Processors.Debug;
using Rotel.TestKit.Telemetry;

namespace Rotel.Processors.Tests.Debug;

public class DebugLogProcessorTests
{
    private readonly BufferPool _pool = new(new ByteBudget(64 * 1024 * 1024));
    private readonly RecordingLogger _logger = new();

    [Theory]
    [InlineData(OtlpSignal.Traces, @"^Received traces: \d+ resources, 100 spans$")]
    [InlineData(OtlpSignal.Metrics, @"^Received metrics: \d+ resources, \d+ metrics, 100 data points$")]
    [InlineData(OtlpSignal.Logs, @"^Received logs: \d+ resources, 100 log records$")]
    public void Process_Basic_WritesCountsAndPassesThePayloadOn(OtlpSignal signal, string expected)
    {
        using var payload = Payload(signal, new StandardLoad().Encode(signal));

        Assert.Same(payload, new DebugLogProcessor(_logger, detailed: false).Process(payload));

        Assert.Matches(expected, Assert.Single(_logger.Messages));
    }

    [Fact]
    public void Process_Detailed_WritesEveryItem()
    {
        var traces = new StandardLoad().Traces(3);
        using var payload = Payload(OtlpSignal.Traces, Google.Protobuf.MessageExtensions.ToByteArray(traces));

        Assert.Same(payload, new DebugLogProcessor(_logger, detailed: true).Process(payload));

        var message = Assert.Single(_logger.Messages);
        Assert.StartsWith("Received traces:\nResourceSpans #0", message, StringComparison.Ordinal);
        Assert.All(OtlpItems.Keys(traces), key => Assert.Contains(key, message, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Process_ABodyThatIsBrokenInside_SaysSoAndPassesItOn(bool detailed)
    {
        using var payload = Payload(OtlpSignal.Traces, [0x0A, 0x7F]);

        Assert.Same(payload, new DebugLogProcessor(_logger, detailed).Process(payload));

        Assert.Contains("cannot be shown", Assert.Single(_logger.Messages), StringComparison.Ordinal);
    }

    [Fact]
    public void Process_WhenSwitchedOff_WritesNothing()
    {
        _logger.Level = LogLevel.Warning;
        using var payload = Payload(OtlpSignal.Logs, new StandardLoad().Encode(OtlpSignal.Logs));

        Assert.Same(payload, new DebugLogProcessor(_logger, detailed: true).Process(payload));

        Assert.Empty(_logger.Messages);
    }

    private OtlpPayload Payload(OtlpSignal signal, byte[] body)
    {
        var buffer = _pool.RentOverdraft(body.Length);
        body.CopyTo(buffer.Span);
        return new OtlpPayload(signal, buffer, body.Length, itemCount: 1);
    }

    private sealed class RecordingLogger : ILogger
    {
        public List<string> Messages { get; } = [];

        public LogLevel Level { get; set; } = LogLevel.Information;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= Level;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            Messages.Add(formatter(state, exception));
    }
}
