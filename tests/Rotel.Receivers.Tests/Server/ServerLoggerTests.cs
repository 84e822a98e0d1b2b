using Microsoft.Extensions.Logging;
using Rotel.Diagnostics;
using Rotel.TestKit;

namespace Rotel.Receivers.Server;

public sealed class ServerLoggerTests
{
    [Fact]
    public void Log_WarningsOfOneKind_AreOnePerIntervalAndTheRestForDebugging()
    {
        using var log = new LogRecorder();
        using var inner = LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(log));
        var time = new Clock();
        using var factory = new ServerLoggerFactory(inner, time);
        var logger = factory.CreateLogger("Microsoft.AspNetCore.Server.Kestrel.Http2");

        Write(LogLevel.Critical, 60);
        Write(LogLevel.Critical, 60);
        Write(LogLevel.Warning, 22);
        Write(LogLevel.Information, 32);
        time.Now += OncePerInterval.Interval;
        Write(LogLevel.Critical, 60);

        Assert.All(log.Lines, line => Assert.Equal("Rotel.Server.Http2", line.Category));
        Assert.Equal(
            [(LogLevel.Critical, 60), (LogLevel.Debug, 60), (LogLevel.Warning, 22), (LogLevel.Debug, 32), (LogLevel.Critical, 60)],
            log.Lines.Select(line => (line.Level, line.EventId)));

        void Write(LogLevel level, int id) => logger.Log(level, new EventId(id), "line", null, (state, _) => state);
    }

    [Theory]
    [InlineData("Invalid request header: 'authorization : Bearer s3cr3t\\x0D'", "Invalid request header")]
    [InlineData("Invalid content length: s3cr3t", "Invalid content length")]
    [InlineData("The final transfer coding was set to 's3cr3t' instead of 'chunked'.", "The final transfer coding was set to")]
    [InlineData("Reading the request headers timed out.", "Reading the request headers timed out.")]
    public void Log_OfWhatAClientSent_LosesWhatIsQuotedOfIt(string message, string expected)
    {
        using var log = new LogRecorder();
        using var inner = LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(log));
        using var factory = new ServerLoggerFactory(inner, new Clock());
        var exception = new IOException(message, new IOException(message));

        factory.CreateLogger("Microsoft.AspNetCore.Server.Kestrel.BadRequests")
            .Log(LogLevel.Debug, new EventId(17), $"bad request data: \"{message}\"", exception, (state, _) => state);

        var line = Assert.Single(log.Lines);
        Assert.StartsWith($"bad request data: \"{expected}\"", line.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", $"{line}", StringComparison.Ordinal);
    }

    private sealed class Clock : TimeProvider
    {
        public TimeSpan Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }
}
